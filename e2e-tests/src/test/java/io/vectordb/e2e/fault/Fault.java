package io.vectordb.e2e.fault;

/** Something that goes wrong for a while. */
public interface Fault {

    /** What happens to whom, for people. */
    String name();

    /** Lets it happen. */
    void inject();

    /** Ends it, whatever it did, also when {@link #inject} failed halfway. Processes that it ended are started again. */
    void heal();
}
