package io.vectordb.cli.load;

import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.edgar.Filing;
import io.vectordb.edgar.FilingDocument;
import io.vectordb.edgar.FilingFinder;
import io.vectordb.edgar.FilingFinder.Found;
import io.vectordb.edgar.FilingReader;
import io.vectordb.edgar.Passage;
import io.vectordb.edgar.ReadResult;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Loads files of EDGAR: reads them ahead in parallel, compares each document with what is stored, and writes the
 * difference. Loading the same again therefore writes nothing, and a load that was cut goes on where it ended.
 *
 * <p>Files are taken in order on the calling thread; {@code jobs} threads read and as many requests write.
 */
public final class FilingLoader {

    private final RestClient client;
    private final String collection;
    private final int jobs;
    private final LoadReport report = new LoadReport();
    private final Progress progress;
    private final FilingReader reader = new FilingReader();
    private final StoredPassages stored;
    private final Set<String> seen = new HashSet<>();
    private int filesDone;
    private int filesTotal;

    /** Told how far a load is, from several threads. */
    public interface Progress {

        /** The collection was not there and has been made. */
        void created(String collection);

        /** Something was finished. */
        void at(int filesDone, int filesTotal, LoadReport.Counts counts);
    }

    public FilingLoader(RestClient client, String collection, int jobs, Progress progress) {
        this.client = client;
        this.collection = collection;
        this.jobs = jobs;
        this.progress = progress;
        this.stored = new StoredPassages(client, collection);
    }

    /** What was done so far; whole when {@link #load} has returned. */
    public LoadReport report() {
        return report;
    }

    /** Loads everything below the paths; throws only when the server cannot be used. */
    public void load(Collection<Path> paths) {
        if (FilingsCollection.ensure(client, collection)) {
            progress.created(collection);
        }
        List<Found> found = FilingFinder.find(paths);
        filesTotal = found.size();
        ExecutorService readers = Executors.newFixedThreadPool(
                jobs, Thread.ofPlatform().name("read-", 0).daemon().factory());
        try (BulkSender sender = new BulkSender(client, collection, jobs, report, this::tell)) {
            readAhead(found, readers, sender);
            sender.drain();
        } finally {
            readers.shutdownNow();
        }
        tell();
    }

    private void readAhead(List<Found> found, ExecutorService readers, BulkSender sender) {
        Deque<Future<ReadResult>> ahead = new ArrayDeque<>();
        int next = 0;
        for (Found each : found) {
            while (next < found.size() && ahead.size() <= jobs) {
                Found file = found.get(next++);
                ahead.add(readers.submit(() -> read(file)));
            }
            take(each.path(), await(ahead.remove()), sender);
            filesDone++;
            tell();
        }
    }

    private ReadResult read(Found found) {
        return switch (found) {
            case Found.Regular file -> reader.read(file.path());
            case Found.Skipped skipped -> new ReadResult.Skipped(skipped.reason());
        };
    }

    private static ReadResult await(Future<ReadResult> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            // An Error, such as a heap too small for the file; the reader itself does not throw.
            return new ReadResult.Skipped("cannot be read: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.INTERRUPTED, "interrupted");
        }
    }

    private void take(Path file, ReadResult result, BulkSender sender) {
        switch (result) {
            case ReadResult.Skipped skipped -> report.fileSkipped(file, skipped.reason());
            case ReadResult.Filings filings -> {
                report.fileRead(filings.filings().size());
                for (Filing filing : filings.filings()) {
                    filing.documents().forEach(document -> take(filing, document, sender));
                }
            }
        }
    }

    private void take(Filing filing, FilingDocument document, BulkSender sender) {
        String prefix = filing.id() + '#' + document.name() + '#';
        boolean first = seen.add(prefix);
        if (!first) {
            // What an earlier file gave must be there to be compared with.
            sender.drain();
        }
        List<Passage> passages = document.passages();
        List<String> keys =
                passages.stream().map(passage -> filing.key(document, passage)).toList();
        Map<String, JsonNode> before = stored.get(keys);
        List<ObjectNode> changes = new ArrayList<>();
        int created = 0;
        for (Passage passage : passages) {
            ObjectNode record = FilingsCollection.record(filing, document, passage);
            Optional<JsonNode> old = Optional.ofNullable(before.get(filing.key(document, passage)));
            created += old.isEmpty() ? 1 : 0;
            old.map(fields -> Merge.of(record, fields, first))
                    .orElse(Optional.of(record))
                    .ifPresent(changes::add);
        }
        report.planned(created, changes.size() - created, passages.size() - changes.size());
        changes.forEach(sender::add);
        if (first && !before.isEmpty()) {
            removeBehind(prefix, passages.size());
        }
    }

    private void removeBehind(String prefix, int count) {
        List<String> left = stored.behind(prefix, count);
        if (!left.isEmpty()) {
            stored.delete(left);
            report.passagesRemoved(left.size());
        }
    }

    private void tell() {
        progress.at(filesDone, filesTotal, report.counts());
    }
}
