// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.UserId;
import dev.allotment.access.ApiKey;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.CreatedApiKey;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredApiKey;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Manages the API keys of one database, for one actor. */
public final class ApiKeyUseCases<U> implements ApiKeys {
    private static final RecordType<ApiKey> PUBLIC = RecordType.of(ApiKey.class, "api_keys");
    /** How long a key that has ended is distinguished from a wrong password. */
    private static final Duration REMEMBERED = MAX_LIFE;

    private static final int MOST_ENDED = 50;
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /**
     * Who acts.
     *
     * @param user null: the embedder
     * @param administrator whether it sees the keys of others
     * @param scope of the key that it acts with
     * @param clientAddress null: not known
     */
    public record KeyActor(
            @Nullable Long user,
            boolean administrator,
            ApiKeyScope scope,
            @Nullable String clientAddress) {}

    private final CoreContext context;
    private final UnitOfWork work;
    private final ApiKeyAuthenticator<U> authenticator;
    private final ApiKeyOwners<U> owners;
    private final KeyActor actor;
    private final RecordLookup<ApiKeyId, StoredApiKey> rows;

    public ApiKeyUseCases(
            CoreContext context,
            UnitOfWork work,
            ApiKeyAuthenticator<U> authenticator,
            ApiKeyOwners<U> owners,
            KeyActor actor) {
        this.context = context;
        this.work = work;
        this.authenticator = authenticator;
        this.owners = owners;
        this.actor = actor;
        this.rows = new RecordLookup<>(work, RecordTypes.API_KEYS, "API key") {
            @Override
            protected long number(ApiKeyId id) {
                return id.value();
            }

            @Override
            protected Filter<StoredApiKey> visible(Transaction tx) {
                Filter<StoredApiKey> valid = valid(owners.place().database(), context.now());
                boolean all = actor.administrator()
                        && actor.scope().customer() == null
                        && actor.scope().plan() == null;
                return all ? valid : Filter.and(valid, own(), inScope());
            }
        };
    }

    /** Otherwise a caller for one customer would see for which others its user acts. */
    private Filter<StoredApiKey> inScope() {
        return actor.scope().customer() == null ? Filter.all() : Filter.equal(StoredApiKey.SCOPE, actor.scope());
    }

    private Filter<StoredApiKey> own() {
        return Filter.equal(StoredApiKey.USER_ID, actor.user());
    }

    private static Filter<StoredApiKey> valid(String database, Instant now) {
        return Filter.and(
                Filter.equal(StoredApiKey.DATABASE, database),
                Filter.notEqual(StoredApiKey.SCOPE, StoredApiKey.REVOKED),
                Filter.or(
                        Filter.equal(StoredApiKey.EXPIRES_AT, null),
                        Filter.compare(StoredApiKey.EXPIRES_AT, Filter.Operator.GREATER, now)));
    }

    private static ApiKey view(StoredApiKey row) {
        return new ApiKey(
                row.id(), row.name(), row.scope(), row.userId(), row.createdAt(), row.expiresAt(), row.lastUsedAt());
    }

    @Override
    public Optional<ApiKey> find(ApiKeyId id) {
        return rows.find(id).map(ApiKeyUseCases::view);
    }

    @Override
    public ApiKey get(ApiKeyId id) {
        return view(rows.get(id));
    }

    @Override
    public List<ApiKey> list(Query<? super ApiKey> query) {
        PUBLIC.check(query);
        return rows.list(Query.untyped(query)).stream()
                .map(ApiKeyUseCases::view)
                .toList();
    }

    @Override
    public long count(Filter<? super ApiKey> filter) {
        PUBLIC.check(filter);
        return rows.count(Query.untyped(Query.where(filter)).filter());
    }

    @Override
    public CreatedApiKey create(NewApiKey wanted) {
        requireCovered(actor.scope(), "create", wanted.scope());
        return insert(wanted);
    }

    @Override
    public CreatedApiKey create(NewApiKey wanted, String keyOrPassword) {
        long user = user();
        requireCovered(actor.scope(), "create", wanted.scope());
        Optional<StoredApiKey> key = authenticator
                .find(work, owners, keyOrPassword, actor.clientAddress())
                .map(ApiKeyAuthenticator.Usable::row)
                .filter(each -> each.userId() == user);
        if (key.isPresent()) {
            requireCovered(key.get().scope(), "create", wanted.scope());
        } else {
            requirePassword(user, keyOrPassword);
        }
        return insert(wanted);
    }

    /** A key that has ended is no guess at a password, so it does not count as a failed sign-in. */
    private void requirePassword(long user, String password) {
        if (authenticator.isKnown(work, owners, password, actor.clientAddress())) {
            throw denied();
        }
        boolean throttled = work.transact(tx -> owners.find(tx, user))
                .filter(owner -> owners.throttled(owner.login()))
                .isPresent();
        if (!owners.passwordMatches(user, password)) {
            throw throttled
                    ? SaasException.unavailable(
                            ErrorCodes.ACCESS_BUSY,
                            "Too many wrong passwords were sent for this user; try again in a moment.",
                            null)
                    : denied();
        }
    }

    private static void requireCovered(ApiKeyScope by, String verb, ApiKeyScope wanted) {
        if (!by.covers(wanted)) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_NOT_ALLOWED,
                    "A key with the scope \"" + by + "\" cannot " + verb + " one with the scope \"" + wanted + "\".");
        }
    }

    private CreatedApiKey insert(NewApiKey wanted) {
        long user = user();
        String secret = context.secrets().apiKey();
        return created(secret, work.transact(tx -> {
            ApiKeyOwner<U> owner = active(tx, user);
            check(owner, wanted);
            StoredApiKey stored = insert(tx, owner, secret, wanted);
            return changed(tx, stored, EventType.API_KEY_CREATED, owner, details(stored));
        }));
    }

    /** A row as it was stored or removed, and what the audit log says about it. */
    private record Changed(StoredApiKey row, ApiKeyOwners.Change change) {}

    private Changed changed(
            Transaction tx, StoredApiKey row, EventType type, ApiKeyOwner<U> owner, Map<String, String> details) {
        return changed(tx, row, type, owner.login(), details);
    }

    private Changed changed(
            Transaction tx, StoredApiKey row, EventType type, String login, Map<String, String> details) {
        ApiKeyOwners.Change change = new ApiKeyOwners.Change(type, row.userId(), login, details);
        owners.record(tx, change);
        return new Changed(row, change);
    }

    private CreatedApiKey created(String secret, Changed changed) {
        owners.recordStored(changed.change());
        return new CreatedApiKey(view(changed.row()), secret);
    }

    private StoredApiKey insert(Transaction tx, ApiKeyOwner<U> owner, String secret, NewApiKey wanted) {
        owners.checkScope(tx, owner, wanted.scope());
        Records<StoredApiKey> keys = tx.records(RecordTypes.API_KEYS);
        Instant now = context.now();
        Filter<StoredApiKey> theirs =
                Filter.and(valid(owners.place().database(), now), Filter.equal(StoredApiKey.USER_ID, owner.id()));
        if (keys.count(theirs) >= MAX_PER_USER) {
            throw SaasException.conflict(
                    ErrorCodes.API_KEY_LIMIT_REACHED,
                    "This user has " + MAX_PER_USER + " API keys that have not expired; revoke one first.");
        }
        forgetOldest(keys, owner.id(), now);
        return keys.insert(new StoredApiKey(
                new ApiKeyId(0),
                ApiKeyAuthenticator.prefix(secret),
                Secrets.hash(secret),
                owners.place().database(),
                owner.id(),
                TextRules.name(wanted.name(), ErrorCodes.API_KEY_INVALID, "An API key"),
                wanted.scope(),
                now,
                wanted.expiresAt(),
                null));
    }

    /** A user who makes key after key must not fill the table with those that have ended. */
    private void forgetOldest(Records<StoredApiKey> keys, long user, Instant now) {
        List<StoredApiKey> ended = keys.list(Query.where(Filter.and(
                        Filter.equal(StoredApiKey.DATABASE, owners.place().database()),
                        Filter.equal(StoredApiKey.USER_ID, user),
                        Filter.not(valid(owners.place().database(), now))))
                .orderBy(StoredApiKey.EXPIRES_AT));
        ended.subList(0, Math.max(0, ended.size() - MOST_ENDED))
                .forEach(each -> keys.delete(each.id().value()));
    }

    private void check(ApiKeyOwner<U> owner, NewApiKey wanted) {
        Instant now = context.now();
        Instant end = wanted.expiresAt();
        if (!wanted.scope().isKnown()) {
            throw invalid("The scope of an API key is everything, read-only, payments, customer:<id> or plan:<id>.");
        }
        if (end == null && !owner.administrator()) {
            throw invalid("The API key must have an expiration date.");
        }
        if (end != null && !end.isAfter(now)) {
            throw invalid("The API key must expire in the future.");
        }
        Duration longest = owner.administrator() ? LONGEST : MAX_LIFE;
        if (end != null && end.isAfter(now.plus(longest))) {
            throw invalid("You cannot exceed " + longest.toDays() + " days.");
        }
    }

    private static SaasException invalid(String message) {
        return SaasException.invalid(ErrorCodes.API_KEY_INVALID, message);
    }

    @Override
    public CreatedApiKey rotate(ApiKeyId id, Duration overlap) {
        long user = user();
        if (overlap.isNegative() || overlap.compareTo(MAX_LIFE) > 0) {
            throw invalid("The old key can stay valid for 0 to " + MAX_LIFE.toDays() + " days.");
        }
        String secret = context.secrets().apiKey();
        Changed changed = work.transact(tx -> {
            ApiKeyOwner<U> owner = active(tx, user);
            StoredApiKey old = rows.lock(tx, id);
            if (old.userId() != user) {
                throw rows.missing(id);
            }
            requireCovered(actor.scope(), "replace", old.scope());
            Instant now = context.now();
            Instant oldEnd = old.expiresAt();
            retire(tx, old, now.plus(overlap));
            Instant newEnd = oldEnd == null ? null : now.plus(Duration.between(old.createdAt(), oldEnd));
            NewApiKey wanted = new NewApiKey(old.name(), old.scope(), newEnd);
            check(owner, wanted);
            StoredApiKey stored = insert(tx, owner, secret, wanted);
            Map<String, String> details = details(stored);
            details.put("replaces", id.toString());
            return changed(tx, stored, EventType.API_KEY_ROTATED, owner, details);
        });
        authenticator.forget(owners.place().database(), user);
        return created(secret, changed);
    }

    private void retire(Transaction tx, StoredApiKey old, Instant end) {
        Instant oldEnd = old.expiresAt();
        if (!end.isAfter(context.now())) {
            end(tx, old, context.now());
        } else if (oldEnd == null || end.isBefore(oldEnd)) {
            tx.records(RecordTypes.API_KEYS).update(old.withExpiresAt(end));
        }
    }

    @Override
    public void revoke(ApiKeyId id) {
        revoked(work.transact(tx -> {
            StoredApiKey row = rows.lock(tx, id);
            if (!actor.scope().equals(ApiKeyScope.EVERYTHING) && !Objects.equals(actor.user(), row.userId())) {
                throw rows.missing(id);
            }
            requireCovered(actor.scope(), "revoke", row.scope());
            return revoke(tx, row);
        }));
    }

    @Override
    public void revoke(String secret) {
        long user = user();
        StoredApiKey found = authenticator
                .find(work, owners, secret, actor.clientAddress())
                .map(ApiKeyAuthenticator.Usable::row)
                .filter(each -> each.userId() == user)
                .orElseThrow(ApiKeyUseCases::denied);
        revoked(work.transact(tx -> revoke(
                tx,
                tx.records(RecordTypes.API_KEYS)
                        .lock(found.id().value())
                        .filter(row -> !row.scope().equals(StoredApiKey.REVOKED))
                        .orElseThrow(ApiKeyUseCases::denied))));
    }

    private Changed revoke(Transaction tx, StoredApiKey row) {
        end(tx, row, context.now());
        Map<String, String> details = new HashMap<>();
        details.put("key", row.id().toString());
        details.put("name", row.name());
        String login = owners.find(tx, row.userId()).map(ApiKeyOwner::login).orElse("");
        return changed(tx, row, EventType.API_KEY_REVOKED, login, details);
    }

    private void revoked(Changed changed) {
        authenticator.forget(owners.place().database(), changed.row().userId());
        owners.recordStored(changed.change());
    }

    @Override
    public Optional<ApiKeyHolder> authenticate(String secret, @Nullable String clientAddress) {
        requireHost();
        Optional<ApiKeyAuthenticator.Usable> found = authenticator.find(work, owners, secret, clientAddress);
        found.ifPresent(key -> {
            owners.requireOpen(key.row().userId());
            authenticator.noteUse(work, key.row());
        });
        return found.map(key -> new ApiKeyHolder(
                key.row().id(), key.row().userId(), key.login(), key.row().scope()));
    }

    @Override
    public boolean isKnown(String text, @Nullable String clientAddress) {
        requireHost();
        return authenticator.isKnown(work, owners, text, clientAddress);
    }

    private void requireHost() {
        if (actor.user() != null) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to check the API keys of others.");
        }
    }

    private long user() {
        Long user = actor.user();
        if (user == null) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_NOT_ALLOWED,
                    "You are not allowed to have API keys: the embedder is not a user. Act as one.");
        }
        return user;
    }

    private ApiKeyOwner<U> active(Transaction tx, long user) {
        return owners.lock(tx, user).filter(ApiKeyOwner::active).orElseThrow(ApiKeyUseCases::denied);
    }

    private static SaasException denied() {
        return SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
    }

    private static Map<String, String> details(StoredApiKey row) {
        Map<String, String> details = new HashMap<>();
        details.put("key", row.id().toString());
        details.put("name", row.name());
        details.put("scope", row.scope().value());
        Instant end = row.expiresAt();
        details.put("expires", end == null ? "never" : end.toString());
        return details;
    }

    /** The row stays for a while: programs that still send the key must not keep its user from signing in. */
    private static void end(Transaction tx, StoredApiKey row, Instant now) {
        tx.records(RecordTypes.API_KEYS).update(row.revoked(now));
    }

    /** Revokes all keys of a database, as if it were a copy of what it was. */
    public static void revokeAll(Transaction tx, Instant now) {
        Records<StoredApiKey> keys = tx.records(RecordTypes.API_KEYS);
        keys.list(Query.where(Filter.notEqual(StoredApiKey.SCOPE, StoredApiKey.REVOKED)))
                .forEach(each -> keys.update(each.revoked(now)));
    }

    /**
     * Revokes the keys of a database that is brought back to an earlier state, except those that are the same in its
     * present one. Otherwise, keys that were revoked since would work again.
     *
     * @param present all rows of the present state
     */
    public static void revokeChanged(Transaction tx, List<StoredApiKey> present, Instant now) {
        Set<StoredApiKey> same =
                present.stream().map(ApiKeyUseCases::comparable).collect(Collectors.toSet());
        Records<StoredApiKey> keys = tx.records(RecordTypes.API_KEYS);
        keys.list(Query.where(Filter.notEqual(StoredApiKey.SCOPE, StoredApiKey.REVOKED))).stream()
                .filter(each -> !same.contains(comparable(each)))
                .forEach(each -> keys.update(each.revoked(now)));
    }

    /**
     * Gives a tenant that gets another database the keys that it has now, and no others. A key counts there if its user
     * is a member of that database, too: with the same number and login. Otherwise it waits for a database where its
     * user is one. May be repeated.
     *
     * @param present all rows of the database that it has now
     * @param members the logins of that database by number
     */
    public static void carryOver(Transaction tx, String tenant, List<StoredApiKey> present, Map<Long, String> members) {
        remove(tx, Filter.all(), each -> each.database().equals(tenant) || isWaiting(each, tenant));
        for (StoredApiKey each : present) {
            String login = isWaiting(each, tenant)
                    ? each.database().substring(waiting(tenant, "").length())
                    : each.database().equals(tenant) ? members.get(each.userId()) : null;
            if (login != null) {
                boolean counts = tx.records(RecordTypes.MEMBERS)
                        .find(each.userId())
                        .filter(member -> member.login().equals(login))
                        .isPresent();
                tx.records(RecordTypes.API_KEYS)
                        .insert(each.withId(new ApiKeyId(0)).withDatabase(counts ? tenant : waiting(tenant, login)));
            }
        }
    }

    /** What the row of a key has for its database if it waits for one where its user is a member. */
    private static String waiting(String tenant, String login) {
        return tenant + "/" + login;
    }

    private static boolean isWaiting(StoredApiKey row, String tenant) {
        return row.database().startsWith(waiting(tenant, ""));
    }

    private static StoredApiKey comparable(StoredApiKey row) {
        return row.withLastUsedAt(Instant.EPOCH);
    }

    /** The end of keys that are removed now. */
    public static Instant forgottenEnd(Instant now) {
        return now.minus(REMEMBERED);
    }

    /** Removes the keys that expired long ago, and those that a copy brought along: they never count here. */
    public static void removeVoid(Transaction tx, String database, Instant now) {
        remove(tx, Filter.notEqual(StoredApiKey.DATABASE, database), each -> !isWaiting(each, database));
        remove(
                tx,
                Filter.compare(StoredApiKey.EXPIRES_AT, Filter.Operator.LESS_OR_EQUAL, forgottenEnd(now)),
                each -> true);
    }

    /** Revokes all keys of a user, who becomes inactive. */
    public static void revokeAll(Transaction tx, String database, long user, Instant now) {
        tx.records(RecordTypes.API_KEYS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredApiKey.DATABASE, database),
                        Filter.equal(StoredApiKey.USER_ID, user),
                        Filter.notEqual(StoredApiKey.SCOPE, StoredApiKey.REVOKED))))
                .forEach(each -> end(tx, each, now));
    }

    /**
     * Revokes the keys of an account that leaves the team of a customer: those for the customer, and if it is the home
     * of the account, those without a customer, which acted for it.
     */
    public static void revokeFor(Transaction tx, UserId account, CustomerId customer, boolean home, Instant now) {
        tx
                .records(RecordTypes.API_KEYS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredApiKey.DATABASE, SessionRows.MAIN),
                        Filter.equal(StoredApiKey.USER_ID, account.value()),
                        Filter.notEqual(StoredApiKey.SCOPE, StoredApiKey.REVOKED))))
                .stream()
                .filter(each -> each.scope().customer() == null
                        ? home
                        : customer.equals(each.scope().customer()))
                .forEach(each -> end(tx, each, now));
    }

    /** Removes all keys of a user, who is deleted. Keys that wait may have the same number, and are of another user. */
    public static void removeAll(Transaction tx, String database, long user) {
        remove(
                tx,
                Filter.and(Filter.equal(StoredApiKey.DATABASE, database), Filter.equal(StoredApiKey.USER_ID, user)),
                each -> true);
    }

    private static void remove(Transaction tx, Filter<StoredApiKey> filter, Predicate<StoredApiKey> which) {
        Records<StoredApiKey> keys = tx.records(RecordTypes.API_KEYS);
        keys.list(Query.where(filter)).stream()
                .filter(which)
                .forEach(each -> keys.delete(each.id().value()));
    }
}
