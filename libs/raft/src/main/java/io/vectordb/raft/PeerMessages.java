package io.vectordb.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * What replicas say to each other beside the log: one copies the state of another, or asks it something. Requests travel as Ratis' stale reads, so on the
 * port and to the address that the members of a group know of each other anyway.
 *
 * <p>Format, big-endian. A request: version (1 byte, {@value #VERSION}) ‖ kind (1 byte), then for {@code OPEN} nothing,
 * for {@code READ} session (8 bytes) ‖ number of the file (4) ‖ offset (8), for {@code CLOSE} session (8), for {@code QUERY} the question, for
 * {@code MEMBERS} nothing. The answer to
 * {@code OPEN}: session (8) ‖ number of files (4) ‖ for each its path (UTF, relative, with slashes) and size (8). The
 * answer to {@code READ}: CRC-32C of the data (4) ‖ data, at most {@value #CHUNK_BYTES} bytes. That to {@code CLOSE} is
 * empty, that to {@code QUERY} what the state answers, that to {@code MEMBERS} whether it is the
 * leader's (1 byte) ‖ number of voters (4) ‖ their node ids (UTF).
 */
final class PeerMessages {

    static final int CHUNK_BYTES = 1 << 20;
    private static final int VERSION = 1;
    private static final int OPEN = 1;
    private static final int READ = 2;
    private static final int CLOSE = 3;
    private static final int QUERY = 4;
    private static final int MEMBERS = 5;

    private PeerMessages() {}

    sealed interface Request {}

    record Open() implements Request {}

    record Read(long session, int file, long offset) implements Request {}

    record Close(long session) implements Request {}

    /** Who votes in the group, as the replica asked knows. */
    record AskMembers() implements Request {}

    /** @param leader whether it comes from the leader, so that it is certain */
    record Members(boolean leader, List<String> voters) {}

    /** Not of a copy: a question to the state itself. */
    record Query(byte[] question) implements Request {}

    /** A file of a copy, by its path below the state's folder. */
    record CopiedFile(String path, long bytes) {}

    record Opened(long session, List<CopiedFile> files) {

        long bytes() {
            return files.stream().mapToLong(CopiedFile::bytes).sum();
        }
    }

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    static Message encode(Request request) {
        return message(out -> {
            out.writeByte(VERSION);
            switch (request) {
                case Open() -> out.writeByte(OPEN);
                case Read(long session, int file, long offset) -> {
                    out.writeByte(READ);
                    out.writeLong(session);
                    out.writeInt(file);
                    out.writeLong(offset);
                }
                case Close(long session) -> {
                    out.writeByte(CLOSE);
                    out.writeLong(session);
                }
                case AskMembers() -> out.writeByte(MEMBERS);
                case Query(byte[] question) -> {
                    out.writeByte(QUERY);
                    out.write(question);
                }
            }
        });
    }

    static Request decode(ByteString bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(bytes.newInput())) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("expected a snapshot request of version " + VERSION + ", received " + version);
            }
            int kind = in.readByte();
            return switch (kind) {
                case OPEN -> new Open();
                case READ -> new Read(in.readLong(), in.readInt(), in.readLong());
                case CLOSE -> new Close(in.readLong());
                case MEMBERS -> new AskMembers();
                case QUERY -> new Query(in.readAllBytes());
                default -> throw new IOException("a snapshot request of kind " + kind);
            };
        }
    }

    static Message encode(Opened opened) {
        return message(out -> {
            out.writeLong(opened.session());
            out.writeInt(opened.files().size());
            for (CopiedFile file : opened.files()) {
                out.writeUTF(file.path());
                out.writeLong(file.bytes());
            }
        });
    }

    static Opened decodeOpened(ByteString bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(bytes.newInput())) {
            long session = in.readLong();
            int count = in.readInt();
            List<CopiedFile> files = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                files.add(new CopiedFile(in.readUTF(), in.readLong()));
            }
            return new Opened(session, List.copyOf(files));
        }
    }

    static Message encode(Members members) {
        return message(out -> {
            out.writeBoolean(members.leader());
            out.writeInt(members.voters().size());
            for (String voter : members.voters()) {
                out.writeUTF(voter);
            }
        });
    }

    static Members decodeMembers(ByteString bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(bytes.newInput())) {
            boolean leader = in.readBoolean();
            int count = in.readInt();
            List<String> voters = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                voters.add(in.readUTF());
            }
            return new Members(leader, List.copyOf(voters));
        }
    }

    static Message encodeChunk(byte[] data) {
        return message(out -> {
            out.writeInt(checksum(data));
            out.write(data);
        });
    }

    /** @throws IOException when the data is not what was sent */
    static byte[] decodeChunk(ByteString bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            int expected = in.readInt();
            byte[] data = in.readAllBytes();
            if (checksum(data) != expected) {
                throw new IOException("a chunk of " + data.length + " bytes failed its checksum");
            }
            return data;
        }
    }

    private static int checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return (int) crc.getValue();
    }

    private static Message message(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writer.write(out);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory does not fail", e);
        }
        return Message.valueOf(ByteString.copyFrom(bytes.toByteArray()));
    }
}
