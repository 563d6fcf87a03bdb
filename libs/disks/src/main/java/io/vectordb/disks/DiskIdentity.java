package io.vectordb.disks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file {@value #FILE} that makes a folder a disk of a node.
 *
 * <p>Text in UTF-8, one line each: {@code vectordb-disk 1} (magic and version), {@code owner <node id>},
 * {@code id <disk id>}, then {@code knows <disk id> <folder>} for each disk of the set as it was seen last, in the order of
 * ids, itself included, and {@code crc32c <8 hex digits>} over the bytes of all lines before. It is replaced as a whole.
 *
 * @param owner whose disk it is
 * @param roster the disks of the set, by which one that is gone is missed even when its folder comes up empty
 */
record DiskIdentity(String owner, DiskId id, Map<DiskId, Path> roster) {

    static final String FILE = "disk.id";

    private static final String MAGIC = "vectordb-disk 1";
    private static final String CHECKSUM = "crc32c ";

    DiskIdentity {
        if (owner.isBlank() || owner.contains("\n")) {
            throw new IllegalArgumentException("expected an owner of one line, received \"" + owner + "\"");
        }
        roster = Map.copyOf(roster);
    }

    static DiskIdentity read(Path folder) throws IOException {
        String text = Files.readString(folder.resolve(FILE));
        int end = text.lastIndexOf(CHECKSUM);
        if (end < 0 || !text.substring(end).equals(checksumLine(text.substring(0, end)))) {
            throw new IOException(folder.resolve(FILE) + " fails its checksum");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 3 || !lines.getFirst().equals(MAGIC)) {
            throw new IOException(
                    folder.resolve(FILE) + ": expected \"" + MAGIC + "\", found \"" + lines.getFirst() + "\"");
        }
        Map<DiskId, Path> roster = new TreeMap<>();
        for (String line : lines.subList(3, lines.size())) {
            String[] parts = line.split(" ", 3);
            roster.put(new DiskId(parts[1]), Path.of(parts[2]));
        }
        return new DiskIdentity(value(lines.get(1), "owner "), new DiskId(value(lines.get(2), "id ")), roster);
    }

    void write(Path folder) throws IOException {
        StringBuilder text = new StringBuilder(MAGIC).append('\n');
        text.append("owner ").append(owner).append("\nid ").append(id).append('\n');
        new TreeMap<>(roster)
                .forEach((disk, path) -> text.append("knows ")
                        .append(disk)
                        .append(' ')
                        .append(path)
                        .append('\n'));
        text.append(checksumLine(text.toString()));
        DurableFiles.replace(
                folder.resolve(FILE), ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    DiskIdentity withRoster(Map<DiskId, Path> newRoster) {
        return new DiskIdentity(owner, id, newRoster);
    }

    private static String value(String line, String name) throws IOException {
        if (!line.startsWith(name)) {
            throw new IOException("expected a line \"" + name + "...\", found \"" + line + "\"");
        }
        return line.substring(name.length());
    }

    private static String checksumLine(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + "%08x\n".formatted(crc.getValue());
    }
}
