package io.vectordb.edgar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Reads files that a test writes. */
final class Reading {

    static final String COVER = "<html><body><p>SECURITIES AND EXCHANGE COMMISSION</p><p>FORM 10-K</p>";

    private Reading() {}

    static ReadResult read(Path folder, String name, String content) {
        return read(folder, name, content.getBytes(StandardCharsets.UTF_8));
    }

    static ReadResult read(Path folder, String name, byte[] content) {
        return new FilingReader().read(write(folder, name, content));
    }

    static Path write(Path folder, String name, byte[] content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.resolve("..").normalize());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Filing only(ReadResult result) {
        assertThat(result).isInstanceOf(ReadResult.Filings.class);
        List<Filing> filings = ((ReadResult.Filings) result).filings();
        assertThat(filings).hasSize(1);
        return filings.getFirst();
    }

    static String reason(ReadResult result) {
        assertThat(result).isInstanceOf(ReadResult.Skipped.class);
        return ((ReadResult.Skipped) result).reason();
    }

    static String text(Filing filing) {
        StringBuilder text = new StringBuilder();
        filing.documents()
                .forEach(document -> document.passages()
                        .forEach(passage -> text.append(passage.text()).append('\n')));
        return text.toString();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** What holds for the passages of every document. */
    static void assertBounds(FilingDocument document) {
        assertThat(document.passages()).isNotEmpty();
        int end = -1;
        for (int i = 0; i < document.passages().size(); i++) {
            Passage passage = document.passages().get(i);
            assertThat(passage.ordinal()).isEqualTo(i);
            assertThat(passage.text().length()).isBetween(1, PassageSplitter.MAX_CHARS);
            assertThat(passage.text()).isEqualTo(passage.text().strip());
            assertThat(passage.text().split("\\s+").length).isLessThanOrEqualTo(PassageSplitter.MAX_WORDS);
            assertThat(passage.charStart() - end).isBetween(i == 0 ? 1 : 0, 1);
            end = passage.charEnd();
        }
    }
}
