package io.vectordb.cli.local;

/** Told what is being done while a person waits. */
public interface Steps {

    /** Something begins; what began before has ended. */
    void begin(String what);

    /** Something worth knowing. */
    void note(String what);
}
