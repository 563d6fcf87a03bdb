package io.vectordb.service;

import java.util.Optional;

/**
 * Whether one of our services can do its work now. Beans of this type make up the readiness probe.
 *
 * <p>Asked on every probe, from any thread: answers at once from what is known.
 */
public interface ServiceReadiness {

    /** Of the service, such as {@code index-node}. */
    String name();

    /** Nothing when it is ready, else why not, with the progress where there is some. */
    Optional<String> notReadyBecause();
}
