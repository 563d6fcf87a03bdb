package io.vectordb.e2e.api;

import io.vectordb.e2e.process.GrpcClient;
import io.vectordb.e2e.process.Rest;
import io.vectordb.e2e.process.StandaloneServer;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One embedded server for all tests of this package, started by the first and stopped after the last; each test has
 * collections of its own. Gives tests a {@link Rest} and a {@link GrpcClient} as parameters.
 */
final class SharedServer implements BeforeAllCallback, ParameterResolver {

    private record Server(StandaloneServer process, Rest rest, GrpcClient grpc) implements AutoCloseable {

        static Server start() {
            StandaloneServer process = StandaloneServer.start("api");
            return new Server(process, new Rest(process.rest()), new GrpcClient(process.grpcPort()));
        }

        @Override
        public void close() {
            grpc.close();
            process.close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server(context);
    }

    private static Server server(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedServer.class))
                .computeIfAbsent(Server.class, _ -> Server.start(), Server.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Rest.class || type == GrpcClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Server server = server(context);
        return parameter.getParameter().getType() == Rest.class ? server.rest() : server.grpc();
    }
}
