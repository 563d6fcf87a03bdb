package io.vectordb.arch.planted;

import io.vectordb.arch.planted.inner.Inner;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;

/** Breaks one rule a line. */
@Tag("planted")
public final class Planted {
    public int count;
    private final Logger logger = Logger.getLogger("planted");
    private final Inner inner = new Inner(this);

    /** Stands for a class that wires beans. */
    static final class PlantedConfiguration {}

    void sleep() throws InterruptedException {
        System.out.println(inner);
        Thread.sleep(1);
        logger.info("awake");
    }
}
