package io.vectordb.gateway.rest;

import io.vectordb.gateway.api.NearNames;
import io.vectordb.gateway.api.PathTemplate;
import io.vectordb.gateway.api.PathTemplate.Segment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the route of a request. Immutable.
 *
 * <p>A literal segment wins over a variable one. Cost: one pass over the routes of as many segments.
 */
final class RouteTable {

    private final List<Route> routes;

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> routes() {
        return routes;
    }

    /** What a path leads to. */
    sealed interface Match {

        /**
         * A route.
         *
         * @param variables the raw segments by name
         */
        record Found(Route route, Map<String, String> variables) implements Match {}

        /** A path that takes other methods. */
        record OtherMethod(Set<String> allowed) implements Match {}

        /** Nothing. */
        record None(String hint) implements Match {}
    }

    /** Matches the raw segments of a path, still percent-encoded. */
    Match match(String httpMethod, List<String> segments) {
        Set<String> allowed = new TreeSet<>();
        Route best = null;
        for (Route route : routes) {
            if (!matches(route.path(), segments)) {
                continue;
            }
            allowed.add(route.httpMethod());
            boolean answers = route.httpMethod().equals(httpMethod)
                    || route.httpMethod().equals("GET") && httpMethod.equals("HEAD");
            if (answers && (best == null || literals(route) > literals(best))) {
                best = route;
            }
        }
        if (best != null) {
            return new Match.Found(best, variables(best.path(), segments));
        }
        return allowed.isEmpty() ? new Match.None(near(segments)) : new Match.OtherMethod(allowed);
    }

    private static boolean matches(PathTemplate path, List<String> segments) {
        return path.segments().size() == segments.size()
                && differences(path, segments).isEmpty();
    }

    private static int literals(Route route) {
        return route.path().segments().size() - route.path().variables().size();
    }

    /** The indices at which a literal differs or a variable is empty. */
    private static List<Integer> differences(PathTemplate path, List<String> segments) {
        List<Integer> differences = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            boolean same = switch (path.segments().get(i)) {
                case Segment.Literal(String text) -> text.equals(segments.get(i));
                case Segment.Variable _ -> !segments.get(i).isEmpty();
            };
            if (!same) {
                differences.add(i);
            }
        }
        return differences;
    }

    private static Map<String, String> variables(PathTemplate path, List<String> segments) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            if (path.segments().get(i) instanceof Segment.Variable(String name)) {
                variables.put(name, segments.get(i));
            }
        }
        return variables;
    }

    /** The routes that differ from the path in one segment whose words are near. */
    private String near(List<String> segments) {
        List<String> tried = new ArrayList<>(segments);
        if (tried.size() > 1 && tried.getLast().isEmpty()) {
            tried.removeLast();
        }
        if (!tried.getFirst().equals("v1")) {
            tried.addFirst("v1");
        }
        Set<String> near = new LinkedHashSet<>();
        for (Route route : routes) {
            if (route.path().segments().size() != tried.size()) {
                continue;
            }
            List<Integer> differences = differences(route.path(), tried);
            if (differences.isEmpty()
                    || differences.size() == 1 && isNear(route.path(), tried, differences.getFirst())) {
                near.add(route.httpMethod() + " " + route.path());
            }
        }
        return near.isEmpty()
                ? "the routes are listed at /openapi.json"
                : "did you mean " + String.join(" or ", near.stream().limit(3).toList()) + "?";
    }

    private static boolean isNear(PathTemplate path, List<String> segments, int index) {
        return path.segments().get(index) instanceof Segment.Literal(String text)
                && NearNames.nearest(segments.get(index), List.of(text)).isPresent();
    }
}
