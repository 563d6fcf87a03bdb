package io.vectordb.storagenode;

import static io.vectordb.storagenode.Requests.SHARD;
import static io.vectordb.storagenode.Requests.put;
import static io.vectordb.storagenode.TestStorageNode.await;
import static io.vectordb.storagenode.TestStorageNode.shard;
import static io.vectordb.storagenode.TestStorageNode.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.vectordb.internal.storage.v1.GetRequest.Level;
import io.vectordb.internal.storage.v1.WriteResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteCoalescerTest {

    private static final int WRITES = 300;

    @TempDir
    Path folder;

    private TestStorageNode node;

    @BeforeEach
    void start() {
        node = new TestStorageNode("n1", folder).join();
        node.replicas.reconcile(state(1, List.of(node.node()), shard(SHARD, "n1")));
        await(() -> node.leads(SHARD));
    }

    @AfterEach
    void close() {
        node.close();
        assertThat(node.fatal).isEmpty();
    }

    private List<WriteResponse> writeAtOnce(IntUnaryOperator key) throws Exception {
        List<ListenableFuture<WriteResponse>> answers = new ArrayList<>();
        for (int i = 0; i < WRITES; i++) {
            answers.add(node.futureStub().write(Requests.write("r" + i, put(key.applyAsInt(i), i))));
        }
        return Futures.allAsList(answers).get();
    }

    private static Set<Long> seqs(List<WriteResponse> answers) {
        Set<Long> seqs = new HashSet<>();
        answers.forEach(answer -> seqs.add(answer.getSeq()));
        return seqs;
    }

    @Test
    void writesThatComeTogetherShareLogEntriesAndEachGetsItsOwnAnswer() throws Exception {
        List<WriteResponse> answers = writeAtOnce(i -> i);
        assertThat(seqs(answers)).hasSizeLessThan(WRITES);
        for (int i = 0; i < WRITES; i++) {
            WriteResponse answer = answers.get(i);
            assertThat(answer.getUnitsCount()).isEqualTo(1);
            assertThat(answer.getUnits(0).getResults(0).getSeq()).isEqualTo(answer.getSeq());
            assertThat(node.stub()
                            .get(Requests.get(Level.LINEARIZABLE, 0, i))
                            .getRecords(0)
                            .getRecord()
                            .getFields())
                    .isEqualTo(Requests.fields(i));
        }
    }

    @Test
    void writesOfOneRecordNeverShareASeq() throws Exception {
        assertThat(seqs(writeAtOnce(_ -> 7))).hasSize(WRITES);
    }
}
