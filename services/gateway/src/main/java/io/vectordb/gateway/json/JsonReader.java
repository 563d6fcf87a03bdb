package io.vectordb.gateway.json;

import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.vectordb.common.ErrorCode;
import io.vectordb.common.Position;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads JSON into messages: ProtoJSON with names as in the proto file, shorthands for values, keys, vectors and selections,
 * and strict in all: unknown or repeated members, {@code null} where no value may stand, lone surrogates, text after the end
 * are refused with the place.
 *
 * <p>Streaming: no tree is built. Thread-safe.
 *
 * <p>Failure: {@link VectorDbException} and nothing else, whatever the bytes.
 */
public final class JsonReader {

    private JsonReader() {}

    /**
     * Reads one JSON object into {@code target}, which gives the type; only members that the text has are set.
     *
     * @throws VectorDbException {@code MALFORMED_JSON}, {@code UNKNOWN_MEMBER}, {@code INVALID_VALUE} or
     *     {@code LIMIT_EXCEEDED}, with the path of the member
     */
    public static void merge(byte[] json, Message.Builder target) {
        if (!UnsafeByteOperations.unsafeWrap(json).isValidUtf8()) {
            throw new VectorDbException(ErrorCode.MALFORMED_JSON, "the text is not valid UTF-8");
        }
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new VectorDbException(
                        ErrorCode.MALFORMED_JSON, "the text is empty, expected an object: {} has no members");
            }
            new MessageReader(parser).readWhole(target);
            if (parser.nextToken() != null) {
                throw malformed(json, parser.currentTokenLocation(), "text after the end");
            }
        } catch (StreamConstraintsException e) {
            throw new VectorDbException(
                    ErrorCode.LIMIT_EXCEEDED, "the text goes beyond a limit: " + e.getOriginalMessage());
        } catch (JacksonException e) {
            throw malformed(
                    json,
                    e.getLocation(),
                    Optional.ofNullable(e.getOriginalMessage()).orElse("not JSON"));
        }
    }

    private static VectorDbException malformed(byte[] json, @Nullable TokenStreamLocation location, String reason) {
        long known = location == null ? json.length : location.getByteOffset();
        int bytes = known < 0 || known > json.length ? json.length : (int) known;
        String before = new String(json, 0, bytes, StandardCharsets.UTF_8);
        String upTo = before + (bytes < json.length ? "x" : "");
        Position position = Position.of(upTo, before.codePointCount(0, before.length()), bytes < json.length ? 1 : 0);
        String message = "line " + position.line() + ", column " + position.column() + ": " + reason;
        return new VectorDbException(
                ErrorCode.MALFORMED_JSON,
                message,
                Map.of(),
                List.of(new Violation("", ErrorCode.MALFORMED_JSON, reason, position, "")),
                null);
    }
}
