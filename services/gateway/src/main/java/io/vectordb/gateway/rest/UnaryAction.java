package io.vectordb.gateway.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.json.JsonReader;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.Operation;
import io.vectordb.v1.WriteResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/** Forwards a request that is one message and answers with one message. */
final class UnaryAction implements Route.Action {

    private final Rpc rpc;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final List<String> parameters;

    UnaryAction(Rpc rpc, RequestGuard guard, Coordinator coordinator) {
        this.rpc = rpc;
        this.guard = guard;
        this.coordinator = coordinator;
        parameters = rpc.hasBody() ? List.of() : queryParameters(rpc);
    }

    /** The query parameters of a route without a body: simple members that do not stand in the path. */
    static List<String> queryParameters(Rpc rpc) {
        return RequestMembers.simple(rpc.request().getDescriptorForType()).stream()
                .map(FieldDescriptor::getName)
                .filter(name -> !rpc.path().variables().contains(name))
                .toList();
    }

    @Override
    public Mono<Void> run(RestExchange exchange) {
        guard.checkAvailable(rpc);
        Set<String> outside = new HashSet<>(rpc.path().variables());
        outside.addAll(exchange.query().names());
        exchange.places(ErrorPlace.parameters(outside));
        exchange.query().allowOnly(parameters);
        return request(exchange).flatMap(request -> {
            exchange.requested(request);
            guard.check(rpc, request);
            return coordinator
                    .unary(rpc, request, exchange.callContext())
                    .flatMap(response -> answer(exchange, request, response));
        });
    }

    private Mono<Message> request(RestExchange exchange) {
        Message.Builder builder = rpc.request().newBuilderForType();
        if (!rpc.hasBody()) {
            RequestMembers.bindQuery(builder, exchange.query());
            return Mono.just(bound(builder, exchange));
        }
        return RequestBody.json(exchange.http()).map(body -> {
            JsonReader.merge(body, builder);
            return bound(builder, exchange);
        });
    }

    private Message bound(Message.Builder builder, RestExchange exchange) {
        exchange.variables().forEach((name, value) -> RequestMembers.bindVariable(builder, name, value));
        RequestMembers.bindHeaders(builder, exchange);
        return builder.build();
    }

    private Mono<Void> answer(RestExchange exchange, Message request, Message response) {
        FieldDescriptor token = response.getDescriptorForType().findFieldByName("token");
        if (token != null && !"".equals(response.getField(token))) {
            exchange.response().getHeaders().set(RestExchange.TOKEN_HEADER, (String) response.getField(token));
        }
        if (request instanceof CreateCollectionRequest create && !create.getDryRun()) {
            exchange.response()
                    .getHeaders()
                    .set(HttpHeaders.LOCATION, "/v1/collections/" + ((Collection) response).getName());
            return exchange.answer(201, response);
        }
        return exchange.answer(status(response), response);
    }

    private int status(Message response) {
        return switch (response) {
            case WriteResponse written when written.getFailed() > 0 -> 207;
            case Operation _ when rpc.hasBody() -> 202;
            default -> 200;
        };
    }
}
