package io.vectordb.segment.fields;

import io.vectordb.segment.fields.IndexFields.Source;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.lucene.util.FixedBitSet;

/** A condition ready to be asked of an index. Not thread-safe. */
sealed interface FilterNode {

    /** The rows for which the condition has this truth value, which is not unknown. */
    Matched rows(FieldPostings postings, Truth truth) throws IOException;

    /** The same for every row. */
    record Constant(Truth constant) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) {
            return Matched.exactly(truth == constant ? postings.all() : postings.none());
        }
    }

    /** All of some conditions. */
    record All(List<FilterNode> nodes) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            return truth == Truth.TRUE ? intersection(nodes, postings, truth) : union(nodes, postings, truth);
        }
    }

    /** Any of some conditions. */
    record Any(List<FilterNode> nodes) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            return truth == Truth.TRUE ? union(nodes, postings, truth) : intersection(nodes, postings, truth);
        }
    }

    /** The opposite of a condition. */
    record Negated(FilterNode node) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            return node.rows(postings, truth.negated());
        }
    }

    /**
     * A condition on what one path gives.
     *
     * @param missing for rows where the path gives nothing
     */
    record OneField(PathKey path, Truth missing, Function<Kind, KindRule> rules) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            Set<Kind> kinds = postings.kinds(Source.ROWS, path);
            Matched found = Matched.exactly(postings.none());
            if (missing == truth) {
                FixedBitSet absent = postings.all();
                for (Kind kind : kinds) {
                    absent.andNot(new Scope(postings, Source.ROWS, path, kind).rows());
                }
                found = Matched.exactly(absent);
            }
            for (Kind kind : kinds) {
                found.or(rules.apply(kind).rows(new Scope(postings, Source.ROWS, path, kind), truth));
            }
            return found;
        }
    }

    /**
     * A condition on what two paths give, of which the index knows only which rows can have a truth value.
     *
     * @param always whether those without values have one too
     */
    record TwoFields(PathKey left, PathKey right, boolean always) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            if (always) {
                return Matched.within(postings.all());
            }
            FixedBitSet both = scalars(postings, left);
            both.and(scalars(postings, right));
            return Matched.within(both);
        }

        private static FixedBitSet scalars(FieldPostings postings, PathKey path) throws IOException {
            FixedBitSet rows = postings.none();
            for (Kind kind : postings.kinds(Source.ROWS, path)) {
                if (kind.isScalar()) {
                    postings.add(Source.ROWS.kinds(), path.term(kind), rows);
                }
            }
            return rows;
        }
    }

    /**
     * A list that has items equal to any one of each group of values; lists whose other items are no scalars may have
     * them, and so are unknown instead of false.
     *
     * @param groups of each, one value has to be there
     */
    record ListHolds(PathKey path, List<EqualityTerms> groups) implements FilterNode {
        @Override
        public Matched rows(FieldPostings postings, Truth truth) throws IOException {
            FixedBitSet lists = new Scope(postings, Source.ROWS, path, Kind.LIST).rows();
            Set<Kind> kinds = postings.kinds(Source.ITEMS, path);
            Matched found = Matched.exactly(lists.clone());
            for (EqualityTerms group : groups) {
                if (found.isEmpty()) {
                    break;
                }
                Matched held = Matched.exactly(postings.none());
                for (Kind kind : kinds) {
                    if (kind.isScalar()) {
                        held.or(group.select(new Scope(postings, Source.ITEMS, path, kind)));
                    }
                }
                found.and(held);
            }
            if (truth == Truth.TRUE) {
                return found;
            }
            for (Kind kind : kinds) {
                if (!kind.isScalar()) {
                    lists.andNot(new Scope(postings, Source.ITEMS, path, kind).rows());
                }
            }
            return found.complementIn(lists);
        }
    }

    private static Matched intersection(List<FilterNode> nodes, FieldPostings postings, Truth truth)
            throws IOException {
        Matched found = Matched.exactly(postings.all());
        for (FilterNode node : nodes) {
            if (found.isEmpty()) {
                break;
            }
            found.and(node.rows(postings, truth));
        }
        return found;
    }

    private static Matched union(List<FilterNode> nodes, FieldPostings postings, Truth truth) throws IOException {
        Matched found = Matched.exactly(postings.none());
        for (FilterNode node : nodes) {
            found.or(node.rows(postings, truth));
        }
        return found;
    }
}
