package io.vectordb.gateway.rest;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.rest.RouteTable.Match;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/** Answers every HTTP request that is not the actuator's: finds its route, runs it, tells failures as problems. */
public final class GatewayWebHandler implements WebHandler {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayWebHandler.class);

    private final RouteTable routes;
    private final GatewayMetrics metrics;

    GatewayWebHandler(RouteTable routes, GatewayMetrics metrics) {
        this.routes = routes;
        this.metrics = metrics;
    }

    /**
     * Answers away from the event loop, always: an answer given on the loop at once, while the answer before it on the same
     * connection was still being completed by another thread, left the connection without a reader.
     */
    @Override
    public Mono<Void> handle(ServerWebExchange web) {
        long start = System.nanoTime();
        RestExchange exchange = new RestExchange(web.getRequest(), web.getResponse());
        return Mono.defer(() -> run(exchange))
                .onErrorResume(thrown -> fail(exchange, thrown))
                .doFinally(signal -> {
                    if (signal == SignalType.CANCEL) {
                        exchange.failed(ErrorCode.CANCELLED);
                    }
                    metrics.ended(exchange.routeName(), "rest", exchange.failure(), start);
                })
                .subscribeOn(Schedulers.parallel());
    }

    private Mono<Void> run(RestExchange exchange) {
        Match.Found found = find(exchange);
        exchange.named(found.route().name());
        exchange.places(ErrorPlace.parameters(found.variables().keySet()));
        exchange.routed(
                decoded(found.variables()),
                new QueryParameters(exchange.http().getURI().getRawQuery()));
        exchange.negotiate(found.route().mediaType());
        return found.route().action().run(exchange);
    }

    private static Mono<Void> fail(RestExchange exchange, Throwable thrown) {
        VectorDbException error = Coordinator.explain(thrown);
        if (error.code() == ErrorCode.INTERNAL) {
            LOG.error(
                    "{} failed, trace {}",
                    exchange.routeName(),
                    exchange.problemSource().traceId(),
                    thrown);
        }
        if (exchange.response().isCommitted()) {
            exchange.failed(error.code());
            return Mono.error(thrown);
        }
        return exchange.fail(error);
    }

    private Match.Found find(RestExchange exchange) {
        if (exchange.http().getHeaders().containsHeader(UriRepair.HEADER)) {
            throw new VectorDbException(
                    ErrorCode.INVALID_VALUE,
                    "the address is not a valid URI: a character in it has to be percent-encoded");
        }
        String method = exchange.http().getMethod().name();
        String path = exchange.http().getURI().getRawPath();
        String trimmed = path.startsWith("/") ? path.substring(1) : path;
        return switch (routes.match(method, List.of(trimmed.split("/", -1)))) {
            case Match.Found found -> found;
            case Match.OtherMethod(var allowed) -> throw otherMethod(exchange, String.join(", ", allowed));
            case Match.None(String hint) -> throw noRoute(exchange, method, path, hint);
        };
    }

    private static VectorDbException otherMethod(RestExchange exchange, String allowed) {
        exchange.response().getHeaders().set(HttpHeaders.ALLOW, allowed);
        return new VectorDbException(
                ErrorCode.METHOD_NOT_ALLOWED,
                "the route takes " + allowed + ", not "
                        + exchange.http().getMethod().name());
    }

    private static VectorDbException noRoute(RestExchange exchange, String method, String path, String hint) {
        if (path.matches("/v1/collections/[^/]+/records/?")) {
            exchange.response().getHeaders().set(HttpHeaders.ALLOW, "");
            String scroll = path.replaceAll("/records/?$", "/scroll");
            return new VectorDbException(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    "records are listed by POST " + scroll,
                    Map.of(Problems.HINT, "POST " + scroll));
        }
        return new VectorDbException(
                ErrorCode.ROUTE_NOT_FOUND, "there is no route " + method + " " + path, Map.of(Problems.HINT, hint));
    }

    private static Map<String, String> decoded(Map<String, String> raw) {
        Map<String, String> decoded = new LinkedHashMap<>();
        raw.forEach((name, value) -> {
            try {
                decoded.put(name, PercentEncoding.decode(value, false));
            } catch (IllegalArgumentException e) {
                throw VectorDbException.of(
                        new Violation(name, ErrorCode.INVALID_VALUE, String.valueOf(e.getMessage())));
            }
        });
        return decoded;
    }
}
