package io.vectordb.cli.rest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP server on loopback that answers as a function says and remembers what it was asked. */
public final class StubServer implements AutoCloseable {

    private final HttpServer server;
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /**
     * One request.
     *
     * @param target path and query
     */
    public record Call(String method, String target, String idempotencyKey, String body) {}

    /** One answer; a status of 0 breaks the connection. */
    public record Reply(int status, String body, String retryAfter) {
        public static Reply of(int status, String body) {
            return new Reply(status, body, "");
        }
    }

    public StubServer(Function<Call, Reply> answers) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, answers));
        server.start();
    }

    private void answer(HttpExchange exchange, Function<Call, Reply> answers) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        Call call = new Call(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                key == null ? "" : key,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        calls.add(call);
        Reply reply = answers.apply(call);
        if (reply.status() != 0) {
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            if (!reply.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", reply.retryAfter());
            }
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
