package io.vectordb.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A list of words, each with its position on one line of a file: a word applied twice stands there twice. The command
 * {@code poison} throws.
 */
final class JournalState implements CheckpointedState {

    /** Ratis keeps answers for those who ask again. */
    private static final int LONGEST_ANSWER = 1_000;

    private final Path file;
    private final List<String> words = new CopyOnWriteArrayList<>();
    private volatile LogPosition position = LogPosition.NONE;

    JournalState(Path directory) {
        this.file = directory.resolve("journal");
    }

    List<String> words() {
        return List.copyOf(words);
    }

    @Override
    public LogPosition open() {
        words.clear();
        position = LogPosition.NONE;
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    String[] parts = line.split(" ", 3);
                    position = new LogPosition(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
                    words.add(parts[2]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return position;
    }

    @Override
    public byte[] apply(LogPosition at, ByteBuffer command) {
        String word = UTF_8.decode(command).toString();
        if (word.equals("poison")) {
            throw new IllegalStateException("poisoned");
        }
        try {
            Files.writeString(
                    file,
                    at.term() + " " + at.index() + " " + word + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        words.add(word);
        position = at;
        return (words.size() + ":" + word.substring(0, Math.min(word.length(), LONGEST_ANSWER))).getBytes(UTF_8);
    }

    @Override
    public void advance(LogPosition at) {
        position = at;
    }

    @Override
    public byte[] query(byte[] request) {
        return String.join(",", words).getBytes(UTF_8);
    }

    @Override
    public LogPosition sync() {
        return position;
    }

    @Override
    public void checkpoint(Path directory) {
        try {
            Files.createDirectories(directory);
            // Nobody appends to the copy, so it cannot be a link.
            Files.copy(file, directory.resolve("journal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public LogPosition verify(Path directory) {
        JournalState copy = new JournalState(directory);
        return copy.open();
    }

    /** Ratis holds on to what is closed for a while, and the words of several tests are too much for one heap. */
    @Override
    public void close() {
        words.clear();
    }
}
