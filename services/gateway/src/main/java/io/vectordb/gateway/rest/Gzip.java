package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Flux;

/** Compression of bodies. */
final class Gzip {

    /** Smaller bodies are sent as they are. */
    static final int LEAST_BYTES = 1_024;

    private Gzip() {}

    /** Whether {@code Accept-Encoding} allows gzip. */
    static boolean isAccepted(List<String> acceptEncoding) {
        return MediaRange.parse(String.join(",", acceptEncoding)).stream()
                .anyMatch(range -> (range.type().equals("gzip") || range.type().equals("*"))
                        && !range.parameters().getOrDefault("q", "1").matches("0(\\.0*)?"));
    }

    static byte[] deflate(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * The bytes behind a compressed body, as they arrive. Memory: what one arriving piece unfolds to, at most a thousandfold
     * of some kilobytes; who reads on has to bound the whole.
     */
    static Flux<DataBuffer> inflate(Flux<DataBuffer> body) {
        return Flux.defer(() -> {
            Inflation inflation = new Inflation();
            return body.concatMapIterable(inflation::feed)
                    .concatWith(Flux.defer(inflation::end))
                    .doFinally(_ -> inflation.close());
        });
    }

    /** One body. */
    private static final class Inflation {

        private final GzipDecoder decoder = new GzipDecoder();

        List<DataBuffer> feed(DataBuffer piece) {
            byte[] bytes = new byte[piece.readableByteCount()];
            piece.read(bytes);
            DataBufferUtils.release(piece);
            List<DataBuffer> inflated = new ArrayList<>();
            try {
                decoder.feed(bytes, part -> inflated.add(DefaultDataBufferFactory.sharedInstance.wrap(part)));
            } catch (DataFormatException e) {
                throw notGzip(String.valueOf(e.getMessage()));
            }
            return inflated;
        }

        Flux<DataBuffer> end() {
            return decoder.isWhole() ? Flux.empty() : Flux.error(notGzip("it ends too early"));
        }

        void close() {
            decoder.close();
        }

        private static VectorDbException notGzip(String reason) {
            return new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "the body is not what Content-Encoding says: " + reason,
                    Map.of(Problems.HEADER, HttpHeaders.CONTENT_ENCODING));
        }
    }
}
