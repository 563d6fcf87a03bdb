package io.vectordb.vectorindex;

import java.util.Arrays;

/**
 * A small set of ints that are not negative, reused from search to search: open addressing with linear probing (Knuth,
 * volume 3, section 6.4, algorithm R for removal), at most half full.
 */
final class IntSet {

    private static final int EMPTY = -1;
    private static final int FIBONACCI = 0x9E3779B9;
    private static final int FIRST_BITS = 5;

    private int[] slots = new int[1 << FIRST_BITS];
    /** The part of the table in use is {@code 0..mask}, so that a large search does not make the next ones dear. */
    private int mask;

    private int shift;
    private int size;

    IntSet() {
        reset();
    }

    void reset() {
        use(FIRST_BITS);
        size = 0;
    }

    private void use(int bits) {
        mask = (1 << bits) - 1;
        shift = Integer.SIZE - bits;
        if (slots.length <= mask) {
            slots = new int[mask + 1];
        }
        Arrays.fill(slots, 0, mask + 1, EMPTY);
    }

    int size() {
        return size;
    }

    boolean contains(int value) {
        int at = home(value);
        while (slots[at] != EMPTY) {
            if (slots[at] == value) {
                return true;
            }
            at = (at + 1) & mask;
        }
        return false;
    }

    /** Adds a value, and says whether it is new. */
    boolean add(int value) {
        int at = home(value);
        while (slots[at] != EMPTY) {
            if (slots[at] == value) {
                return false;
            }
            at = (at + 1) & mask;
        }
        slots[at] = value;
        if (2 * ++size > mask) {
            grow();
        }
        return true;
    }

    /** Removes a value that is there. */
    void remove(int value) {
        int hole = home(value);
        while (slots[hole] != value) {
            hole = (hole + 1) & mask;
        }
        size--;
        int at = hole;
        while (true) {
            at = (at + 1) & mask;
            if (slots[at] == EMPTY) {
                slots[hole] = EMPTY;
                return;
            }
            // Whatever would not be found behind a hole moves into it.
            if (((at - home(slots[at])) & mask) >= ((at - hole) & mask)) {
                slots[hole] = slots[at];
                hole = at;
            }
        }
    }

    private void grow() {
        int[] old = Arrays.copyOf(slots, mask + 1);
        use(Integer.SIZE - shift + 1);
        for (int value : old) {
            if (value != EMPTY) {
                int at = home(value);
                while (slots[at] != EMPTY) {
                    at = (at + 1) & mask;
                }
                slots[at] = value;
            }
        }
    }

    private int home(int value) {
        return value * FIBONACCI >>> shift;
    }
}
