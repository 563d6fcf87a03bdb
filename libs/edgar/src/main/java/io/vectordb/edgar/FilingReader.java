package io.vectordb.edgar;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of SEC EDGAR into filings with passages.
 *
 * <p>Read are full submissions ({@code .txt}), submissions of the dissemination feed ({@code .nc}), documents on their own
 * in HTML, inline XBRL or plain text, each gzip or not. What a file is, is told by its content; the name only lends the
 * accession number and key where the content lacks them. Of a submission the documents with text are taken, and data,
 * graphics and encoded files left out.
 *
 * <p>Failure: {@link #read} does not throw for any content; what cannot be read is {@link ReadResult.Skipped}. It reads a
 * file whole: at most {@value #MAX_MEGABYTES} MB decompressed, and one document at most {@value #MAX_DOCUMENT_MEGABYTES} MB.
 *
 * <p>Heap: about twice the decompressed file and twelve times its largest document.
 *
 * <p>Stateless: any number of threads may share one.
 */
public final class FilingReader {

    /** The most a file may hold after decompression. */
    public static final int MAX_MEGABYTES = 256;
    /** The most one document may hold. */
    public static final int MAX_DOCUMENT_MEGABYTES = 64;

    private final long maxBytes;
    private final long maxDocumentBytes;

    public FilingReader() {
        this((long) MAX_MEGABYTES << 20, (long) MAX_DOCUMENT_MEGABYTES << 20);
    }

    FilingReader(long maxBytes, long maxDocumentBytes) {
        this.maxBytes = maxBytes;
        this.maxDocumentBytes = maxDocumentBytes;
    }

    /** The filings in a file, or the reason why there are none. */
    public ReadResult read(Path file) {
        try {
            return switch (Content.load(file, maxBytes)) {
                case Content.Failed failed -> new ReadResult.Skipped(failed.reason());
                case Content.Loaded loaded -> read(file, loaded.bytes());
            };
        } catch (RuntimeException e) {
            // A defect of ours must not stop the load of a million files; tests look for these words.
            return new ReadResult.Skipped("internal error: " + Reasons.oneLine(e.toString()));
        }
    }

    private ReadResult read(Path file, byte[] bytes) {
        return switch (ContentKind.of(bytes)) {
            case ContentKind.Rejected rejected -> new ReadResult.Skipped(rejected.reason());
            case ContentKind.Submission s -> submissions(file, bytes);
            case ContentKind.Html html -> bare(file, bytes, html);
            case ContentKind.PlainText text -> bare(file, bytes, text);
        };
    }

    private ReadResult bare(Path file, byte[] bytes, ContentKind kind) {
        if (bytes.length > maxDocumentBytes) {
            return new ReadResult.Skipped("document larger than the limit of " + Content.megabytes(maxDocumentBytes));
        }
        ParsedDocument document = ParsedDocument.parse(Characters.decode(bytes), kind, false);
        String refusal = Evidence.refusal(file, document, kind instanceof ContentKind.PlainText);
        if (refusal != null) {
            return new ReadResult.Skipped(refusal);
        }
        FilingBuilder builder = new FilingBuilder(PathHints.of(file), Content.digest(bytes, 0, bytes.length));
        String name = DocumentNames.ofFile(file);
        return new ReadResult.Filings(List.of(builder.bare(name, document)));
    }

    private ReadResult submissions(Path file, byte[] bytes) {
        PathHints hints = PathHints.of(file);
        List<Filing> filings = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        List<Submission> submissions = Submission.parse(bytes);
        for (Submission submission : submissions) {
            String digest = Content.digest(bytes, submission.from(), submission.to());
            FilingBuilder builder = new FilingBuilder(submissions.size() == 1 ? hints : PathHints.NONE, digest);
            DocumentSelection selection = new DocumentSelection(bytes, submission, maxDocumentBytes);
            Filing filing = selection.texts().isEmpty() ? null : builder.submission(submission, selection.texts());
            if (filing == null) {
                reasons.add(selection.describe(formOf(submission)));
            } else {
                filings.add(filing);
            }
        }
        return filings.isEmpty()
                ? new ReadResult.Skipped(Reasons.oneLine(String.join("; ", reasons)))
                : new ReadResult.Filings(filings);
    }

    private static @Nullable String formOf(Submission submission) {
        String form = submission.header().form();
        return form != null || submission.parts().isEmpty()
                ? form
                : submission.parts().getFirst().type();
    }
}
