package io.vectordb.metadata;

import io.vectordb.internal.metadata.v1.AddFieldsRequest;
import io.vectordb.internal.metadata.v1.CollectionState;
import io.vectordb.internal.metadata.v1.CreateCollectionRequest;
import io.vectordb.internal.metadata.v1.Node;
import io.vectordb.internal.metadata.v1.NodeDisk;
import io.vectordb.v1.Collection;
import io.vectordb.v1.CollectionSettings;
import io.vectordb.v1.Field;
import io.vectordb.v1.Schema;
import java.util.List;

/** What the tests ask for. */
final class Requests {

    private Requests() {}

    static Node storage(String id) {
        return storage(id, disk("d", 100, 50, NodeDisk.Level.NORMAL));
    }

    static Node storage(String id, NodeDisk... disks) {
        return node(id, Node.Service.STORAGE).toBuilder()
                .addAllDisks(List.of(disks))
                .build();
    }

    static NodeDisk disk(String id, long total, long free, NodeDisk.Level level) {
        return NodeDisk.newBuilder()
                .setId(id)
                .setTotalBytes(total)
                .setFreeBytes(free)
                .setLevel(level)
                .build();
    }

    static Node index(String id) {
        return node(id, Node.Service.INDEX);
    }

    private static Node node(String id, Node.Service service) {
        return Node.newBuilder()
                .setId(id)
                .setService(service)
                .setRpcAddress("127.0.0.1:1")
                .setBootId("boot-1")
                .build();
    }

    static CreateCollectionRequest create(String name) {
        return CreateCollectionRequest.newBuilder()
                .setCollection(collection(name, 1, 0))
                .build();
    }

    static Collection collection(String name, int shards, int replicas) {
        return Collection.newBuilder()
                .setName(name)
                .setSchema(Schema.newBuilder()
                        .setKind(Schema.Kind.DOCUMENT)
                        .addFields(field("id"))
                        .addPrimaryKey("id"))
                .setSettings(CollectionSettings.newBuilder()
                        .setBuckets(64)
                        .setShards(shards)
                        .setReplicas(replicas))
                .build();
    }

    static Field field(String name) {
        return Field.newBuilder().setName(name).setType("keyword").build();
    }

    static AddFieldsRequest addField(CollectionState collection, String name) {
        return AddFieldsRequest.newBuilder()
                .setCollectionUid(collection.getCollection().getUid())
                .setIfSchemaVersion(collection.getCollection().getSchemaVersion())
                .addFields(field(name))
                .build();
    }
}
