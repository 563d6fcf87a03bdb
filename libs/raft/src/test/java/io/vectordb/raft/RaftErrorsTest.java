package io.vectordb.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class RaftErrorsTest {

    private static final GroupId GROUP = GroupId.of("orders-0.1");

    @Test
    void aServerThatClosesIsUnavailableAndWhatItHadTakenInMayHaveBeenDone() {
        Throwable rejected = new CompletionException(new RejectedExecutionException("terminated"));
        VectorDbException untouched = RaftErrors.of(GROUP, rejected, false);
        assertThat(untouched.code()).isEqualTo(ErrorCode.SHARD_UNAVAILABLE);
        assertThat(untouched.metadata()).doesNotContainKey("outcome");
        assertThat(RaftErrors.of(GROUP, rejected, true).metadata()).containsEntry("outcome", "unknown");
    }
}
