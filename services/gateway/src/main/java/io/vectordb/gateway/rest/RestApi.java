package io.vectordb.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import io.vectordb.gateway.api.PathTemplate;
import io.vectordb.gateway.api.Rpc;
import io.vectordb.gateway.api.RpcCatalogue;
import io.vectordb.gateway.bulk.BulkWriting;
import io.vectordb.gateway.forward.Coordinator;
import io.vectordb.gateway.forward.GatewayMetrics;
import io.vectordb.gateway.guard.RequestGuard;
import io.vectordb.gateway.openapi.OpenApiDocument;
import io.vectordb.gateway.openapi.Operation;
import io.vectordb.v1.BulkResponse;
import io.vectordb.v1.BulkStart;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GetRequest;
import io.vectordb.v1.Patch;
import io.vectordb.v1.Record;
import io.vectordb.v1.WriteOp;
import io.vectordb.v1.WriteRequest;
import io.vectordb.v1.WriteResponse;
import io.vectordb.v1.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The routes: one per rpc from its http rule, those of a single record, and the pages; and their description. */
public final class RestApi {

    private static final PathTemplate RECORD = PathTemplate.parse("/v1/collections/{collection}/records/{key}");

    private final RpcCatalogue catalogue;
    private final RequestGuard guard;
    private final Coordinator coordinator;
    private final List<Route> routes = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();

    private RestApi(RpcCatalogue catalogue, RequestGuard guard, Coordinator coordinator) {
        this.catalogue = catalogue;
        this.guard = guard;
        this.coordinator = coordinator;
    }

    /** What answers all requests. */
    public static GatewayWebHandler handler(
            RpcCatalogue catalogue,
            RequestGuard guard,
            Coordinator coordinator,
            GatewayMetrics metrics,
            String version) {
        return new GatewayWebHandler(new RestApi(catalogue, guard, coordinator).table(version), metrics);
    }

    private RouteTable table(String version) {
        catalogue.rpcs().forEach(this::addRpc);
        addRecordRoutes();
        addPage("/problems/{code}", "GetProblem", Pages::problem);
        byte[][] description = new byte[1][];
        addPage("/openapi.json", "GetOpenApi", exchange -> exchange.send(200, MediaRange.JSON, description[0]));
        description[0] = OpenApiDocument.write(operations, version);
        return new RouteTable(routes);
    }

    private void addRpc(Rpc rpc) {
        if (rpc.isUnary()) {
            add(rpc, MediaRange.JSON, new UnaryAction(rpc, guard, coordinator));
            boolean isChange = rpc.response() instanceof WriteResponse;
            boolean isOperation = rpc.hasBody() && rpc.response() instanceof io.vectordb.v1.Operation;
            List<Integer> statuses = isChange
                    ? List.of(200, 207)
                    : rpc.name().equals("CreateCollection") ? List.of(201, 200) : List.of(isOperation ? 202 : 200);
            describe(rpc, MediaRange.JSON, statuses, UnaryAction.queryParameters(rpc));
        } else if (rpc.name().equals("BulkWrite")) {
            add(rpc, MediaRange.NDJSON, new BulkAction(new BulkWriting(rpc, guard, coordinator)));
            describeBulk(rpc);
        } else {
            add(rpc, MediaRange.JSON, _ -> {
                guard.checkAvailable(rpc);
                return Mono.error(new IllegalStateException("a stream without a route of its own: " + rpc.name()));
            });
            describe(rpc, MediaRange.NDJSON, List.of(200), List.of());
        }
    }

    private void add(Rpc rpc, String mediaType, Route.Action action) {
        routes.add(new Route(rpc.httpMethod(), rpc.path(), rpc, mediaType, action));
    }

    private void describe(Rpc rpc, String answerType, List<Integer> statuses, List<String> query) {
        Descriptor request = rpc.request().getDescriptorForType();
        operations.add(new Operation(
                rpc.httpMethod(),
                rpc.path(),
                rpc.name(),
                tag(rpc),
                rpc.stage(),
                rpc.hasBody() ? List.of() : parameters(request, query),
                rpc.hasBody() ? request : null,
                MediaRange.JSON,
                rpc.response().getDescriptorForType(),
                answerType,
                statuses));
    }

    private void describeBulk(Rpc rpc) {
        operations.add(new Operation(
                rpc.httpMethod(),
                rpc.path(),
                rpc.name(),
                tag(rpc),
                rpc.stage(),
                parameters(BulkStart.getDescriptor(), BulkAction.PARAMETERS),
                Fields.getDescriptor(),
                MediaRange.NDJSON,
                BulkResponse.getDescriptor(),
                MediaRange.NDJSON,
                List.of(200)));
    }

    private void addRecordRoutes() {
        Rpc write = catalogue.byFullName("vectordb.v1.RecordService/Write");
        Rpc get = catalogue.byFullName("vectordb.v1.RecordService/Get");
        Rpc getCollection = catalogue.byFullName("vectordb.v1.CollectionService/GetCollection");
        RecordActions actions =
                new RecordActions(write, get, guard, coordinator, new KeyColumns(getCollection, coordinator));
        Descriptor result = WriteResult.getDescriptor();
        addRecord("PUT", write, actions::put, "PutRecord", Fields.getDescriptor(), result, List.of(201, 200));
        addRecord("GET", get, actions::get, "GetRecord", null, Record.getDescriptor(), List.of(200));
        addRecord("DELETE", write, actions::delete, "DeleteRecord", null, result, List.of(200));
        addRecord("PATCH", write, actions::patch, "PatchRecord", Patch.getDescriptor(), result, List.of(200));
    }

    private void addRecord(
            String method,
            Rpc rpc,
            Route.Action action,
            String id,
            @Nullable Descriptor body,
            Descriptor answer,
            List<Integer> statuses) {
        routes.add(new Route(method, RECORD, rpc, MediaRange.JSON, action));
        List<Operation.Parameter> query = method.equals("GET")
                ? parameters(GetRequest.getDescriptor(), RecordActions.READ_PARAMETERS)
                : Stream.of(
                                parameters(WriteOp.getDescriptor(), List.of("if_seq")),
                                parameters(WriteRequest.getDescriptor(), List.of("timeout", "request_id")))
                        .flatMap(List::stream)
                        .toList();
        operations.add(new Operation(
                method, RECORD, id, tag(rpc), 1, query, body, MediaRange.JSON, answer, MediaRange.JSON, statuses));
    }

    private void addPage(String path, String id, Route.Action action) {
        PathTemplate template = PathTemplate.parse(path);
        routes.add(new Route("GET", template, null, MediaRange.JSON, action));
        operations.add(new Operation(
                "GET", template, id, "Pages", 1, List.of(), null, "", null, MediaRange.JSON, List.of(200)));
    }

    private static String tag(Rpc rpc) {
        return rpc.descriptor().getService().getName();
    }

    /** Parameters by the members they are called after; messages, and what is no member, come as text. */
    private static List<Operation.Parameter> parameters(Descriptor type, List<String> names) {
        return names.stream()
                .map(name -> new Operation.Parameter(
                        name,
                        RequestMembers.simple(type).stream()
                                .filter(field -> field.getName().equals(name))
                                .findFirst()
                                .orElse(null)))
                .toList();
    }
}
