// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeys;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.base.Throttle;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.protocol.ClientNetwork;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks API keys. A key that was right is remembered with its user and read again after a few seconds, so most calls
 * read no database, and what another node revokes is noticed. It is bound to the database that it was read from, and
 * means nothing when another one has taken its place. A key cannot be guessed, so failures only protect the
 * database from load: a network with many of them waits in turn. Thread-safe.
 *
 * @param <U> the user
 */
public final class ApiKeyAuthenticator<U> {
    private static final long FRESH_NANOS = 5_000_000_000L;
    private static final int MAX_REMEMBERED = 10_000;
    private static final int FAILURES_PER_MINUTE = 60;
    /** Of all networks together: about the number that a small database can look up in a second. */
    private static final int ALL_FAILURES_PER_MINUTE = 6_000;

    private static final String ALL = "all";
    private static final int MOST_WAITING = 16;
    private static final int PREFIX_LENGTH = 8;
    private static final int SECRET_LENGTH = 40;

    /**
     * A row of a key, and its user.
     *
     * @param counts whether the catalog lets keys such as this one count
     */
    private record Known<U>(StoredApiKey row, ApiKeyOwner<U> owner, boolean counts, long readAt) {
        /** A user that has lost an administrator's rights has no key that an administrator's rights allowed. */
        boolean validAt(Instant now) {
            Instant end = row.expiresAt();
            Instant latest = row.createdAt().plus(ApiKeys.MAX_LIFE);
            boolean endless = owner.administrator() && end == null;
            Instant effective = owner.administrator() ? end : end == null || end.isAfter(latest) ? latest : end;
            return counts
                    && row.scope().isKnown()
                    && owner.active()
                    && (endless || (effective != null && now.isBefore(effective)));
        }
    }

    private record Secret(Place place, String hash) {}

    private record Id(Place place, long id) {}

    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }

    private final CoreContext context;
    private final Throttle failures;
    private final LongAdder wrong = new LongAdder();
    private final FailureLog failureLog;
    /** One at a time for networks with many failures. */
    private final FairPlaces places = new FairPlaces(1, MOST_WAITING, Duration.ofSeconds(10));

    /** A few at a time for all other networks while there are many failures in total. */
    private final FairPlaces crowd = new FairPlaces(4, 4 * MOST_WAITING, Duration.ofSeconds(10));
    /** Guards the other fields. */
    private final Map<Secret, Known<U>> remembered = new Recent<>();

    private final Map<Id, Known<U>> byId = new Recent<>();
    /** By hash. */
    private final Map<String, Instant> noted = new Recent<>();
    /** When keys that do not exist were looked for. */
    private final Map<Secret, Long> unknown = new Recent<>();

    private long changes;

    public ApiKeyAuthenticator(CoreContext context) {
        this.context = context;
        this.failures = new Throttle(context::tick, Duration.ofMinutes(1));
        this.failureLog = new FailureLog("dev.allotment.access", context.node());
    }

    /** How many keys were unknown. */
    public long wrong() {
        return wrong.sum();
    }

    /** Whether a text has the form of a key. */
    public static boolean isKey(String text) {
        return text.length() == SECRET_LENGTH
                && text.chars().allMatch(each -> (each >= '0' && each <= '9') || (each >= 'a' && each <= 'f'));
    }

    static String prefix(String secret) {
        return secret.substring(0, PREFIX_LENGTH);
    }

    /** A key that its user may use now, and the login of the user. */
    record Usable(StoredApiKey row, String login) {}

    /**
     * Finds the key with a secret, if its user may use it now.
     *
     * @throws SaasException {@code access.busy}
     */
    Optional<Usable> find(UnitOfWork work, ApiKeyOwners<U> owners, String secret, @Nullable String clientAddress) {
        return lookUp(work, owners, secret, clientAddress)
                .filter(known -> known.validAt(context.now()))
                .map(known -> new Usable(known.row(), known.owner().login()));
    }

    /**
     * Whether a text is a key of this database, or was one not long ago. Then it is not the password of a user.
     *
     * @throws SaasException {@code access.busy}
     */
    boolean isKnown(UnitOfWork work, ApiKeyOwners<U> owners, String text, @Nullable String clientAddress) {
        return lookUp(work, owners, text, clientAddress).isPresent();
    }

    private Optional<Known<U>> lookUp(
            UnitOfWork work, ApiKeyOwners<U> owners, String secret, @Nullable String clientAddress) {
        if (!isKey(secret)) {
            return Optional.empty();
        }
        String hash = Secrets.hash(secret);
        Secret key = new Secret(owners.place(), hash);
        long start = context.tick();
        Known<U> known;
        long changesBefore;
        synchronized (remembered) {
            known = remembered.get(key);
            changesBefore = changes;
            Long missed = unknown.get(key);
            if (missed != null && start - missed < FRESH_NANOS) {
                return Optional.empty();
            }
        }
        if (known == null || start - known.readAt() >= FRESH_NANOS) {
            known = readInTurn(work, owners, secret, hash, known != null, clientAddress, start);
            remember(key, known, start, changesBefore);
        }
        return Optional.ofNullable(known);
    }

    private @Nullable Known<U> readInTurn(
            UnitOfWork work,
            ApiKeyOwners<U> owners,
            String secret,
            String hash,
            boolean wasRight,
            @Nullable String clientAddress,
            long start) {
        // Callers of whom no address is known count as one for each database.
        String network = clientAddress == null ? owners.place().database() : ClientNetwork.of(clientAddress);
        Supplier<Optional<Known<U>>> reading = () -> read(work, owners, secret, hash, start);
        Optional<Known<U>> found;
        if (wasRight) {
            found = reading.get();
        } else if (failures.full(network, FAILURES_PER_MINUTE)) {
            found = inTurn(places, network, reading, "Too many unknown API keys come from your network");
        } else if (failures.full(ALL, ALL_FAILURES_PER_MINUTE)) {
            found = inTurn(crowd, network, reading, "Too many unknown API keys are sent at present");
        } else {
            found = reading.get();
        }
        if (found.isEmpty()) {
            wrong.increment();
            failures.admits(network, FAILURES_PER_MINUTE);
            failures.admits(ALL, ALL_FAILURES_PER_MINUTE);
        }
        return found.orElse(null);
    }

    private static <T> T inTurn(FairPlaces places, String network, Supplier<T> reading, String why) {
        return places.run(network, reading)
                .orElseThrow(() ->
                        SaasException.unavailable(ErrorCodes.ACCESS_BUSY, why + "; try again in a moment.", null));
    }

    private Optional<Known<U>> read(UnitOfWork work, ApiKeyOwners<U> owners, String secret, String hash, long start) {
        Optional<Known<U>> found = work.transact(tx -> row(tx, owners.place().database(), secret, hash)
                .flatMap(row -> owners.find(tx, row.userId()).map(owner -> new Known<>(row, owner, true, start))));
        return found.map(known ->
                new Known<>(known.row(), known.owner(), owners.counts(known.row(), known.owner()), known.readAt()));
    }

    private static Optional<StoredApiKey> row(Transaction tx, String database, String secret, String hash) {
        return tx
                .records(RecordTypes.API_KEYS)
                .list(Query.where(Filter.equal(StoredApiKey.PREFIX, prefix(secret))))
                .stream()
                .filter(each -> MessageDigest.isEqual(
                                each.hash().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                                hash.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        && each.database().equals(database))
                .findFirst();
    }

    private void remember(Secret key, @Nullable Known<U> known, long start, long changesBefore) {
        synchronized (remembered) {
            if (known == null) {
                remembered.remove(key);
                unknown.put(key, start);
            } else if (changes == changesBefore) {
                remembered.put(key, known);
                byId.put(new Id(key.place(), known.row().id().value()), known);
            }
        }
    }

    /** The user of a key that was found a moment ago; saves reading it twice for one call. */
    public Optional<U> recent(Place place, ApiKeyId key) {
        synchronized (remembered) {
            Known<U> known = byId.get(new Id(place, key.value()));
            return known != null
                            && context.tick() - known.readAt() < FRESH_NANOS
                            && known.owner().active()
                    ? Optional.of(known.owner().user())
                    : Optional.empty();
        }
    }

    /** Makes a revoked key or a changed user count at once in this process, also for checks in progress. */
    public void forget(String database, long user) {
        synchronized (remembered) {
            changes++;
            remembered.values().removeIf(each -> is(each, database, user));
            byId.values().removeIf(each -> is(each, database, user));
        }
    }

    private static boolean is(Known<?> known, String database, long user) {
        return known.owner().id() == user && known.row().database().equals(database);
    }

    /** Records the use of a key, at most once a minute. A failure does not prevent the call. */
    void noteUse(UnitOfWork work, StoredApiKey row) {
        Instant now = context.now();
        synchronized (remembered) {
            Instant last = noted.getOrDefault(row.hash(), row.lastUsedAt());
            if (Authenticator.isNoted(last, now)) {
                return;
            }
            noted.put(row.hash(), now);
        }
        try {
            work.transact(tx -> {
                Records<StoredApiKey> keys = tx.records(RecordTypes.API_KEYS);
                keys.lock(row.id().value())
                        .filter(each -> each.hash().equals(row.hash()))
                        .filter(each -> !Authenticator.isNoted(each.lastUsedAt(), now))
                        .ifPresent(each -> keys.update(each.withLastUsedAt(now)));
                return null;
            });
        } catch (SaasException e) {
            failureLog.warn("The use of API key " + row.id() + " could not be recorded", e);
        }
    }
}
