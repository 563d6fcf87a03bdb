package io.vectordb.e2e.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A proxy of TCP connections to one address, on which every byte is under way for a while in both directions. */
final class SlowRelay implements AutoCloseable {

    private static final int CHUNK_BYTES = 64 << 10;
    /** Bounds what is under way: a sender that is faster waits, as it would for a window of TCP. */
    private static final int CHUNKS_UNDER_WAY = 256;

    private static final int CONNECT_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final long delayNanos;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private record Chunk(byte[] bytes, long dueNanos) {}

    SlowRelay(String host, InetSocketAddress target, Duration delay) {
        this.target = target;
        this.delayNanos = delay.toNanos();
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName(host));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket in = server.accept();
                sockets.add(in);
                Thread.ofVirtual().start(() -> connect(in));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket in) {
        try {
            Socket out = new Socket();
            sockets.add(out);
            out.connect(target, CONNECT_MILLIS);
            in.setTcpNoDelay(true);
            out.setTcpNoDelay(true);
            relay(in, out);
            relay(out, in);
        } catch (IOException unreachable) {
            close(in);
        }
        if (server.isClosed()) {
            close();
        }
    }

    private void relay(Socket from, Socket to) {
        BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(CHUNKS_UNDER_WAY);
        Thread.ofVirtual().start(() -> read(from, to, underWay));
        Thread.ofVirtual().start(() -> write(from, to, underWay));
    }

    private void read(Socket from, Socket to, BlockingQueue<Chunk> underWay) {
        byte[] buffer = new byte[CHUNK_BYTES];
        try {
            InputStream input = from.getInputStream();
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                underWay.put(new Chunk(Arrays.copyOf(buffer, count), System.nanoTime() + delayNanos));
            }
            underWay.put(new Chunk(new byte[0], System.nanoTime() + delayNanos));
        } catch (IOException | InterruptedException broken) {
            close(from);
            close(to);
        }
    }

    private void write(Socket from, Socket to, BlockingQueue<Chunk> underWay) {
        try {
            OutputStream output = to.getOutputStream();
            for (Chunk chunk = underWay.take(); chunk.bytes().length > 0; chunk = underWay.take()) {
                TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
                output.write(chunk.bytes());
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException broken) {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Breaks the connections. */
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Set.copyOf(sockets).forEach(this::close);
    }
}
