package io.vectordb.gateway.api;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The path of a route: {@code /v1/collections/{collection}/search}. */
public record PathTemplate(List<Segment> segments) {

    /** A piece between two slashes. */
    public sealed interface Segment {

        /** A piece that stands as it is. */
        record Literal(String text) implements Segment {}

        /** A piece that holds a member of the request, dots leading into it. */
        record Variable(String name) implements Segment {}
    }

    public PathTemplate {
        segments = List.copyOf(segments);
    }

    /** Reads {@code /v1/collections/{collection}}. */
    public static PathTemplate parse(String path) {
        return new PathTemplate(Stream.of(path.substring(1).split("/", -1))
                .map(PathTemplate::segment)
                .toList());
    }

    private static Segment segment(String text) {
        return text.startsWith("{")
                ? new Segment.Variable(text.substring(1, text.length() - 1))
                : new Segment.Literal(text);
    }

    /** The names of the variables, in order. */
    public List<String> variables() {
        return segments.stream()
                .<String>mapMulti((segment, out) -> {
                    if (segment instanceof Segment.Variable(String name)) {
                        out.accept(name);
                    }
                })
                .toList();
    }

    @Override
    public String toString() {
        return segments.stream()
                .map(segment -> switch (segment) {
                    case Segment.Literal(String text) -> text;
                    case Segment.Variable(String name) -> "{" + name + "}";
                })
                .collect(Collectors.joining("/", "/", ""));
    }
}
