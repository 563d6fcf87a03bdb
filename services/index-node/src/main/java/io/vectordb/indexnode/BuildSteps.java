package io.vectordb.indexnode;

import java.util.Locale;

/**
 * Is told of each step by which segments are made and come into use, numbered as in {@code docs/internals/segments.md}, before
 * and after it, on the thread that does it.
 *
 * <p>Nothing depends on it: {@link #NONE} is what an index node has. It is there so that fault tests can end a process, or
 * another one, at exactly one step ({@link StepGates}). A step is taken a few times a minute at most, never for a search or a
 * change.
 */
interface BuildSteps {

    /** Who wants to know nothing. */
    BuildSteps NONE = (work, step, moment) -> {};

    /** What a segment is made of. */
    enum Work {
        /** Of rows in memory. */
        BUILD,
        /** Of other segments. */
        MERGE
    }

    /** In their order. */
    enum Step {
        CLAIM,
        /** Not of a merge. */
        SEAL,
        /** The files are in the folder {@code building} and were opened again. */
        WRITE,
        /** Begins when the files are in the store of this node. */
        UPLOAD,
        PUBLISH,
        /** Of every index node of the shard, in memory. */
        TAKE_OVER
    }

    enum Moment {
        BEFORE,
        AFTER
    }

    void at(Work work, Step step, Moment moment);

    /** Such as {@code merge-take-over-before}. */
    static String name(Work work, Step step, Moment moment) {
        return (work + "-" + step + "-" + moment).toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
