package io.vectordb.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Leads connections to another port, until they are told to stand still: open, and nothing goes through. */
final class Relay implements AutoCloseable {

    private final int target;
    private final ServerSocket listening;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    private static final class Connection {
        private final Socket from;
        private final Socket to;
        private volatile boolean frozen;

        Connection(Socket from, Socket to) {
            this.from = from;
            this.to = to;
        }

        void start() {
            Thread.ofVirtual().start(() -> pump(from, to));
            Thread.ofVirtual().start(() -> pump(to, from));
        }

        /** What was read when it is frozen is lost, and the end of the one side is not told to the other. */
        private void pump(Socket source, Socket sink) {
            byte[] buffer = new byte[1 << 16];
            try {
                int read = source.getInputStream().read(buffer);
                while (read >= 0 && !frozen) {
                    sink.getOutputStream().write(buffer, 0, read);
                    read = source.getInputStream().read(buffer);
                }
            } catch (IOException e) {
                // One of them is closed, and then the other is.
            }
            if (!frozen) {
                close();
            }
        }

        void close() {
            try {
                from.close();
                to.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Relay(int target) {
        this.target = target;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                lead(listening.accept());
            } catch (IOException e) {
                // It is closed.
            }
        }
    }

    private void lead(Socket from) throws IOException {
        try {
            Connection connection = new Connection(from, new Socket(InetAddress.getLoopbackAddress(), target));
            connections.add(connection);
            connection.start();
        } catch (IOException e) {
            // Nobody listens there.
            from.close();
        }
    }

    /** From now on, for the connections that there are. */
    void freeze() {
        connections.forEach(connection -> connection.frozen = true);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.forEach(Connection::close);
    }
}
