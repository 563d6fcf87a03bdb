package io.vectordb.gateway.rest;

import io.vectordb.gateway.api.PathTemplate;
import io.vectordb.gateway.api.Rpc;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One route.
 *
 * @param httpMethod such as {@code GET}
 * @param path its template
 * @param rpc what it calls; null for pages of the gateway itself
 * @param mediaType of its answer
 * @param action what it does
 */
record Route(String httpMethod, PathTemplate path, @Nullable Rpc rpc, String mediaType, Action action) {

    /** Answers one request, or fails with {@link io.vectordb.common.VectorDbException}. */
    @FunctionalInterface
    interface Action {

        Mono<Void> run(RestExchange exchange);
    }

    /** The name under which it is measured. */
    String name() {
        return rpc == null ? "page" : rpc.name();
    }
}
