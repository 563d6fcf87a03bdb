package io.vectordb.metadata;

import io.vectordb.raft.RaftPeerAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who is to be in the metadata group, as configured, the same at every member. Who votes now stands in the group's log.
 *
 * @param self this member's id; it is on the list
 */
record MetadataMembers(String self, List<Member> list) {

    private static final Set<Integer> SIZES = Set.of(1, 3, 5);

    /**
     * One of them, written {@code id@host:rpcPort:raftPort}.
     *
     * @param host a name that outlives an address is better than one, since it is written into the log
     */
    record Member(String id, String host, int rpcPort, int raftPort) {

        static Member parse(String text) {
            int at = text.indexOf('@');
            int raft = text.lastIndexOf(':');
            int rpc = raft < 0 ? -1 : text.lastIndexOf(':', raft - 1);
            if (at < 1 || rpc < at + 2) {
                throw malformed(text);
            }
            try {
                return new Member(
                        text.substring(0, at).strip(),
                        text.substring(at + 1, rpc),
                        Integer.parseInt(text.substring(rpc + 1, raft)),
                        Integer.parseInt(text.substring(raft + 1)));
            } catch (NumberFormatException e) {
                throw malformed(text);
            }
        }

        private static IllegalArgumentException malformed(String text) {
            return new IllegalArgumentException(
                    "expected a member as id@host:rpcPort:raftPort, received \"" + text + "\"");
        }

        /** Where it takes the calls of other services. */
        String rpcAddress() {
            return host + ":" + rpcPort;
        }

        RaftPeerAddress peer() {
            return RaftPeerAddress.ofNode(id, host + ":" + raftPort);
        }
    }

    MetadataMembers {
        list = List.copyOf(list);
        Set<String> ids = new HashSet<>();
        list.forEach(member -> ids.add(member.id()));
        if (!SIZES.contains(list.size()) || ids.size() != list.size()) {
            throw new IllegalArgumentException(
                    "The metadata group has 1, 3 or 5 members of different ids, received " + list);
        }
        if (!ids.contains(self)) {
            throw new IllegalArgumentException("The member " + self + " is not among those of its group: " + ids);
        }
    }

    Optional<Member> find(String id) {
        return list.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    List<Member> others() {
        return list.stream().filter(member -> !member.id().equals(self)).toList();
    }

    /** What the group begins with. */
    List<RaftPeerAddress> peers() {
        return list.stream().map(Member::peer).toList();
    }
}
