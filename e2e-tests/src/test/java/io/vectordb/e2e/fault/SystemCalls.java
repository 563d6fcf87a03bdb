package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.Commands;
import io.vectordb.e2e.process.Folders;
import io.vectordb.e2e.process.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A library in front of the C library of each storage node, which tells it a wrong time of day or lets it wait for its disk
 * as long as the tests want. It is compiled when the tests run.
 */
final class SystemCalls implements AutoCloseable {

    private static final String SOURCE = "/fault/system-calls.c";
    private static final int CLOCK_OFFSET = 0;
    private static final int DISK_STALLED = Long.BYTES;

    private final Path folder = Folders.scratch("calls");
    private final Path library = folder.resolve("system-calls.so");

    private SystemCalls() {}

    /** What is missing to make it. */
    static Optional<String> notPossibleBecause() {
        return Commands.missing("cc", "env").map(program -> "there is no " + program);
    }

    static SystemCalls compile() {
        SystemCalls calls = new SystemCalls();
        Path source = calls.folder.resolve("system-calls.c");
        try (InputStream text = Objects.requireNonNull(SystemCalls.class.getResourceAsStream(SOURCE), SOURCE)) {
            Files.copy(text, source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Commands.run("cc", "-O2", "-shared", "-fPIC", "-o", calls.library.toString(), source.toString(), "-ldl");
        return calls;
    }

    /** Runs it with the library, which changes nothing until it is told to. */
    Placement before(String node, Placement placement) {
        Path control = control(node);
        if (!Files.exists(control)) {
            write(node, DISK_STALLED, 0);
        }
        List<String> launcher = new ArrayList<>(placement.launcher());
        launcher.addAll(List.of("env", "LD_PRELOAD=" + library, "VECTORDB_TEST_FAULTS=" + control));
        return new Placement(placement.host(), launcher);
    }

    private Path control(String node) {
        return folder.resolve(node);
    }

    /** Lets its clock be ahead from now on; behind, when negative. */
    void shiftClock(String node, Duration ahead) {
        write(node, CLOCK_OFFSET, ahead.toNanos());
    }

    /** Lets all that waits for its disk wait, or go on. */
    void stallDisk(String node, boolean stalled) {
        write(node, DISK_STALLED, stalled ? 1 : 0);
    }

    private void write(String node, int at, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .flip();
        try (FileChannel file = FileChannel.open(control(node), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(bytes, at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Folders.delete(folder);
    }
}
