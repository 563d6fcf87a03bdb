package io.vectordb.coordinator;

import static io.vectordb.coordinator.TestDatabase.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.vectordb.common.ErrorCode;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CreateCollectionRequest;
import io.vectordb.v1.DeleteCollectionRequest;
import io.vectordb.v1.Field;
import io.vectordb.v1.GetCollectionRequest;
import io.vectordb.v1.Schema;
import org.junit.jupiter.api.Test;

/** What the metadata service answers reaches the client with its own codes. */
class CollectionsTest {

    private final TestDatabase database = TestDatabase.shared();

    private static CreateCollectionRequest create(String name) {
        return CreateCollectionRequest.newBuilder()
                .setName(name)
                .setSchema(Schema.newBuilder().addPrimaryKey("id").addFields(TestDatabase.field("id", "keyword")))
                .build();
    }

    @Test
    void aNameIsTakenOnceUnlessTheClientDoesNotMindOrRepeatsItself() {
        CreateCollectionRequest request =
                create("taken").toBuilder().setRequestId(RequestIds.orNew("")).build();
        Collection made = database.collections().createCollection(request);
        assertThat(made.getUid()).isNotEmpty();
        assertThat(database.collections().createCollection(request)).isEqualTo(made);
        assertThat(failure(() -> database.collections().createCollection(create("taken")))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_EXISTS);
        assertThat(database.collections()
                        .createCollection(
                                create("taken").toBuilder().setIfNotExists(true).build()))
                .isEqualTo(made);
        assertThat(database.collections()
                        .getCollection(GetCollectionRequest.newBuilder()
                                .setCollection("taken")
                                .build()))
                .isEqualTo(made);
    }

    @Test
    void whatIsNotThereIsNotDeletedAndWhatWasMadeAnewNeither() {
        DeleteCollectionRequest.Builder missing =
                DeleteCollectionRequest.newBuilder().setCollection("missing");
        assertThat(failure(() -> database.collections().deleteCollection(missing.build()))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(database.collections()
                        .deleteCollection(missing.setIfExists(true).build())
                        .getDeleted())
                .isFalse();
        database.collections().createCollection(create("made_anew"));
        assertThat(failure(() -> database.collections()
                                .deleteCollection(DeleteCollectionRequest.newBuilder()
                                        .setCollection("made_anew")
                                        .setUid("another")
                                        .build()))
                        .code())
                .isIn(ErrorCode.COLLECTION_NOT_FOUND, ErrorCode.OPERATION_CONFLICT);
    }

    @Test
    void aDryRunMakesNothing() {
        CreateCollectionRequest dry = create("dry").toBuilder().setDryRun(true).build();
        assertThat(database.collections().createCollection(dry).getSettings().getBuckets())
                .isEqualTo(64);
        assertThat(failure(() -> database.collections()
                                .getCollection(GetCollectionRequest.newBuilder()
                                        .setCollection("dry")
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.COLLECTION_NOT_FOUND);
        assertThat(failure(() -> database.collections()
                                .createCollection(create("dry").toBuilder()
                                        .setSchema(Schema.newBuilder()
                                                .addPrimaryKey("id")
                                                .addFields(Field.newBuilder()
                                                        .setName("id")
                                                        .setType("vector(3)")))
                                        .build()))
                        .code())
                .isEqualTo(ErrorCode.INVALID_SCHEMA);
    }
}
