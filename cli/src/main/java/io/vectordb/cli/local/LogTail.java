package io.vectordb.cli.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The end of a log file. */
public final class LogTail {

    private static final int TAIL_BYTES = 128 << 10;
    private static final int MAX_LINE = 300;
    /** A package name in front of that of an exception. */
    private static final Pattern PACKAGE = Pattern.compile("^([\\w$]+\\.)+(?=[\\w$]+(Exception|Error): )");

    private static final Pattern FRAME = Pattern.compile("^\\s+(at |\\.\\.\\. \\d+ (more|common frames)).*|^\\s*$");

    private LogTail() {}

    /** The last lines, {@code count} at most; none when the file cannot be read. */
    public static List<String> lines(Path file, int count) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long from = Math.max(0, size - Math.max(TAIL_BYTES, 400L * count));
            ByteBuffer buffer = ByteBuffer.allocate((int) (size - from));
            channel.position(from);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
            List<String> lines = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int first = from > 0 ? 1 : 0;
            return lines.subList(Math.min(lines.size(), Math.max(first, lines.size() - count)), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * The line that most likely says why a service ended: what Spring Boot's failure analysis describes, else the
     * innermost cause, else the last line of level ERROR, else the last line.
     */
    public static Optional<String> reason(Path file) {
        List<String> lines = lines(file, 400);
        int mark = Math.max(0, lastIndex(lines, RunMarks::isStart));
        List<String> run = lines.subList(mark, lines.size()).stream()
                .filter(line -> !FRAME.matcher(line).matches())
                .toList();
        int described = lastIndex(run, line -> line.strip().equals("Description:"));
        if (described >= 0 && described + 1 < run.size()) {
            return Optional.of(shorten(run.get(described + 1)));
        }
        int cause = lastIndex(run, line -> line.startsWith("Caused by: "));
        if (cause >= 0) {
            return Optional.of(shorten(run.get(cause).substring("Caused by: ".length())));
        }
        int error = lastIndex(run, line -> line.contains("ERROR") || line.contains("Error"));
        if (error >= 0) {
            return Optional.of(shorten(run.get(error)));
        }
        return run.stream()
                .filter(line -> !RunMarks.isMark(line))
                .reduce((a, b) -> b)
                .map(LogTail::shorten);
    }

    private static int lastIndex(List<String> lines, Predicate<String> wanted) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (wanted.test(lines.get(i))) {
                return i;
            }
        }
        return -1;
    }

    private static String shorten(String line) {
        String text = PACKAGE.matcher(line.strip()).replaceFirst("");
        return text.length() <= MAX_LINE ? text : text.substring(0, MAX_LINE) + "…";
    }
}
