// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Moves that would even out the database servers, as {@link Servers#rebalancing} found them. {@link
 * CampaignChange#rebalance} carries them out.
 *
 * <p>Immutable.
 *
 * @param by what is evened out
 * @param servers the servers that take part, in the order of their {@link Server#sequence}
 * @param moves the moves, at most {@value #MOST_MOVES}; empty if nothing should be moved
 */
public record Rebalancing(Measure by, List<Share> servers, List<Move> moves) {
    /** The maximum number of moves: 100. */
    public static final int MOST_MOVES = 100;

    private static final int CODE_LENGTH = 12;

    /** What is evened out between servers. */
    public enum Measure {
        /** The bytes of databases. */
        SIZE,

        /** For how long the sessions of databases are active in a day. */
        LOAD
    }

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public Rebalancing {
        servers = List.copyOf(servers);
        moves = List.copyOf(moves);
    }

    /** Identifies the moves, without sizes and loads: the same moves have the same code, of 12 hexadecimal digits. */
    public String code() {
        String text = moves.stream()
                .map(each -> each.tenant() + ":" + each.from() + ":" + each.to())
                .collect(Collectors.joining("\n"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, CODE_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What a server stores and what load it has, and what it should.
     *
     * @param server the server
     * @param name its name
     * @param sizeBytes bytes of the databases of its tenants at their last sync, including soft-deleted tenants
     * @param fairBytes its fair share of all bytes, by its {@linkplain Server#capacity capacity}; 0: it is being
     *     drained
     * @param afterBytes bytes that it would store after the moves
     * @param load for how long the sessions of its tenants are active in a day, together; a tenant whose load is not
     *     known counts as zero
     * @param fairLoad its fair share of the load of all servers, by its capacity; zero: it is being drained
     * @param afterLoad its load after the moves
     */
    public record Share(
            ServerId server,
            String name,
            long sizeBytes,
            long fairBytes,
            long afterBytes,
            Duration load,
            Duration fairLoad,
            Duration afterLoad) {
        /** Creates a record from all its components. Only the control plane creates one. */
        @Internal
        public Share {}
    }

    /**
     * A tenant that would be moved.
     *
     * @param tenant the tenant
     * @param name its name
     * @param from the server that stores its database; if it is on another one by then, it is not moved
     * @param to the server that would store it
     * @param sizeBytes bytes of its database at the last sync; 0: not known yet
     * @param load for how long its sessions are active in a day; zero: not known yet. A campaign does not store it: its
     *     moves have zero
     */
    public record Move(TenantId tenant, String name, ServerId from, ServerId to, long sizeBytes, Duration load) {
        /** Creates a record from all its components. Only the control plane creates one. */
        @Internal
        public Move {}
    }
}
