package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.Limits;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.v1.Condition;
import io.vectordb.v1.Conditions;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the filter of a request, text and structured form, into one condition that fits a schema.
 *
 * <p>The first fault found is thrown: of a text with its position, of a structured filter with its path, such as
 * {@code filter_tree.all.conditions.0.compare.value}. A condition that went through once goes through again and stays
 * the same.
 */
public final class FilterResolver {

    private final ParameterReader parameters;
    private final LeafResolver leaves;
    private final Map<Condition, Marks> marks = new IdentityHashMap<>();
    private int nodes;

    private FilterResolver(String collection, CollectionSchema schema, Parameters parameters, Set<String> warnings) {
        this.parameters = new ParameterReader(parameters);
        this.leaves = new LeafResolver(new NameResolver(collection, schema, warnings));
    }

    /** As {@link #resolve(String, CollectionSchema, String, Condition, Parameters)}, where the name is of no matter. */
    public static ResolvedFilter resolve(
            CollectionSchema schema, String filter, @Nullable Condition tree, Parameters parameters) {
        return resolve("the collection", schema, filter, tree, parameters);
    }

    /**
     * The condition of a request.
     *
     * @param collection its name, for messages
     * @param filter the text; empty: none
     * @param tree the structured form, which must hold too; null: none
     * @throws VectorDbException FILTER_SYNTAX, UNKNOWN_FIELD, TYPE_MISMATCH, PARAMETER_MISMATCH, INVALID_VALUE,
     *     MISSING_MEMBER, LIMIT_EXCEEDED or FEATURE_NOT_AVAILABLE
     */
    public static ResolvedFilter resolve(
            String collection,
            CollectionSchema schema,
            String filter,
            @Nullable Condition tree,
            Parameters parameters) {
        Set<String> warnings = new LinkedHashSet<>();
        FilterResolver resolver = new FilterResolver(collection, schema, parameters, warnings);
        List<Condition> parts = new ArrayList<>(2);
        if (!filter.isEmpty()) {
            parts.add(resolver.text(new Source("filter", filter), 0));
        }
        if (tree != null) {
            parts.add(resolver.condition(tree, new At("filter_tree", false), 1));
        }
        resolver.parameters.checkAllUsed();
        Optional<Condition> condition = parts.isEmpty() ? Optional.empty() : Optional.of(joined(parts, true));
        return new ResolvedFilter(condition, List.copyOf(warnings));
    }

    private Condition text(Source source, int depth) {
        return condition(FilterParser.parse(source, parameters, marks), new At(source.path(), true), depth + 1);
    }

    /**
     * One condition.
     *
     * @param depth how many messages of the tree lie on the way to it, itself counted
     */
    private Condition condition(Condition condition, At path, int depth) {
        checkLimits(path, depth);
        return switch (condition.getKindCase()) {
            case ALL -> joined(children(condition.getAll(), path.in("all"), depth), true);
            case ANY -> joined(children(condition.getAny(), path.in("any"), depth), false);
            case NEGATE ->
                Condition.newBuilder()
                        .setNegate(condition(condition.getNegate(), path.in("negate"), depth + 1))
                        .build();
            case EXPRESSION -> text(new Source(path.in("expression").path(), condition.getExpression()), depth);
            case CONSTANT -> condition;
            case COMPARE -> leaves.compare(condition.getCompare(), leaf(condition, path.in("compare")));
            case BETWEEN -> leaves.between(condition.getBetween(), leaf(condition, path.in("between")));
            case IN_LIST -> leaves.inList(condition.getInList(), leaf(condition, path.in("in_list")));
            case LIKE -> leaves.like(condition.getLike(), leaf(condition, path.in("like")));
            case PREFIX -> leaves.prefix(condition.getPrefix(), leaf(condition, path.in("prefix")));
            case IS_NULL -> leaves.isNull(condition.getIsNull(), leaf(condition, path.in("is_null")));
            case EXISTS -> leaves.exists(condition.getExists(), leaf(condition, path.in("exists")));
            case CONTAINS -> leaves.contains(condition.getContains(), leaf(condition, path.in("contains")));
            case MATCH -> throw later(path, "match");
            case NESTED -> throw later(path, "nested");
            case GEO -> throw later(path, "geo");
            case WITHIN -> throw later(path, "within");
            case KIND_NOT_SET ->
                throw Place.at(path.path())
                        .fault(
                                ErrorCode.INVALID_VALUE,
                                "a condition that says nothing",
                                "leave it out, or write {\"constant\": true}");
        };
    }

    private Leaf leaf(Condition condition, At path) {
        return new Leaf(marks.get(condition), path.path());
    }

    private List<Condition> children(Conditions conditions, At path, int depth) {
        List<Condition> children = new ArrayList<>(conditions.getConditionsCount());
        for (int i = 0; i < conditions.getConditionsCount(); i++) {
            children.add(condition(conditions.getConditions(i), path.in("conditions." + i), depth + 2));
        }
        return children;
    }

    private void checkLimits(At path, int depth) {
        if (depth > Limits.FILTER_DEPTH) {
            throw Place.at(path.path())
                    .fault(
                            ErrorCode.LIMIT_EXCEEDED,
                            "nested " + depth + " deep, at most " + Limits.FILTER_DEPTH,
                            "all and any count as two");
        }
        if (++nodes > Limits.FILTER_NODES) {
            throw Place.at(path.path())
                    .fault(ErrorCode.LIMIT_EXCEEDED, nodes + " conditions, at most " + Limits.FILTER_NODES, "");
        }
    }

    /**
     * Where a condition stands.
     *
     * @param path of a structured one; else of the text it came from
     * @param text whether it came from a text
     */
    private record At(String path, boolean text) {

        At in(String member) {
            return text ? this : new At(path + "." + member, false);
        }
    }

    /** All of no conditions is true, any of none false, and either of one that one. */
    private static Condition joined(List<Condition> parts, boolean all) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Condition.Builder joined = Condition.newBuilder();
        if (parts.isEmpty()) {
            return joined.setConstant(all).build();
        }
        Conditions conditions = Conditions.newBuilder().addAllConditions(parts).build();
        return (all ? joined.setAll(conditions) : joined.setAny(conditions)).build();
    }

    private static VectorDbException later(At path, String kind) {
        return Place.at(path.in(kind).path())
                .fault(ErrorCode.FEATURE_NOT_AVAILABLE, kind + " is not available yet", "");
    }
}
