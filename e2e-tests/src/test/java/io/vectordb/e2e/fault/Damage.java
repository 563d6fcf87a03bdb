package io.vectordb.e2e.fault;

import io.vectordb.e2e.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** What a disk can do to the files of one replica while its process is away. */
enum Damage {
    BIT_IN_LOG("a flipped bit in the Raft log") {
        @Override
        void strike(Replica replica) {
            Path log = newest(replica.log(), "log_.*");
            flipBit(log, usedBytes(log) / 2);
        }
    },
    LOG_CUT("the second half of the Raft log cut off") {
        @Override
        void strike(Replica replica) {
            Path log = newest(replica.log(), "log_.*");
            truncate(log, usedBytes(log) / 2);
        }
    },
    LOG_ZEROED("the second half of the Raft log zeroed") {
        @Override
        void strike(Replica replica) {
            Path log = newest(replica.log(), "log_.*");
            long used = usedBytes(log);
            write(log, used / 2, new byte[Math.toIntExact(used - used / 2)]);
        }
    },
    BIT_IN_VOTE("a flipped bit in raft-meta") {
        @Override
        void strike(Replica replica) {
            Path vote = newest(replica.log(), "raft-meta");
            flipBit(vote, usedBytes(vote) / 2);
        }
    },
    VOTE_EMPTIED("an empty raft-meta") {
        @Override
        void strike(Replica replica) {
            truncate(newest(replica.log(), "raft-meta"), 0);
        }
    },
    CONFIGURATION_EMPTIED("an empty raft-meta.conf") {
        @Override
        void strike(Replica replica) {
            truncate(newest(replica.log(), "raft-meta\\.conf"), 0);
        }
    },
    BIT_IN_TABLE("a flipped bit in an SST file") {
        @Override
        void strike(Replica replica) {
            Path table = newest(replica.state(), ".*\\.sst");
            flipBit(table, usedBytes(table) / 3);
        }
    },
    TABLE_CUT("an SST file cut in half") {
        @Override
        void strike(Replica replica) {
            Path table = newest(replica.state(), ".*\\.sst");
            truncate(table, usedBytes(table) / 2);
        }
    },
    LOG_GONE("the folder of the Raft log deleted") {
        @Override
        void strike(Replica replica) {
            Folders.delete(replica.log());
        }
    },
    STATE_GONE("the folder of the records deleted") {
        @Override
        void strike(Replica replica) {
            Folders.delete(replica.state());
        }
    },
    DISK_WIPED("the whole data folder of the node emptied") {
        @Override
        void strike(Replica replica) {
            try (Stream<Path> all = Files.list(replica.data())) {
                all.forEach(Folders::delete);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private final String words;

    Damage(String words) {
        this.words = words;
    }

    /** The folders of the replica that one node has of the only shard of a collection. */
    record Replica(Path data, String collectionUid) {

        Path log() {
            UUID uuid = UUID.nameUUIDFromBytes(group().getBytes(StandardCharsets.UTF_8));
            return data.resolve("log").resolve(uuid.toString());
        }

        Path state() {
            return data.resolve("groups").resolve(group()).resolve("state");
        }

        private String group() {
            try (Stream<Path> groups = Files.list(data.resolve("groups"))) {
                return groups.map(group -> group.getFileName().toString())
                        .filter(group -> group.startsWith(collectionUid))
                        .findFirst()
                        .orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Does it to a replica whose process is not running. */
    abstract void strike(Replica replica);

    String words() {
        return words;
    }

    /** Whether there has to be a table for it. */
    boolean isOfTables() {
        return this == BIT_IN_TABLE || this == TABLE_CUT;
    }

    private static Path newest(Path folder, String pattern) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> found = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches(pattern))
                    .toList();
            return found.stream()
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElseThrow(() -> new IllegalStateException("no " + pattern + " in " + folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without the zeros at the end of a file that was made larger ahead of what is written. */
    private static long usedBytes(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void flipBit(Path file, long at) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            write(file, at, new byte[] {(byte) (bytes[Math.toIntExact(at)] ^ 0x10)});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, long at, byte[] bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void truncate(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
