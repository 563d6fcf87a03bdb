package io.vectordb.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A server within the process, with the interceptor that all our servers have. */
final class InProcess implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();

    final String address;
    private final Server server;

    private InProcess(String name, BindableService service) {
        address = ChannelFactory.IN_PROCESS + name;
        try {
            server = InProcessServerBuilder.forName(name)
                    .addService(service)
                    .intercept(new ErrorServerInterceptor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String newName() {
        return "rpc-client-test-" + NAMES.incrementAndGet();
    }

    static InProcess serve(BindableService service) {
        return new InProcess(newName(), service);
    }

    static InProcess serve(String name, BindableService service) {
        return new InProcess(name, service);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
