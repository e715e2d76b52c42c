// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.core.internal.account.AccountSessions;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.FactorRules;
import dev.allotment.core.internal.base.ProviderRules;
import dev.allotment.core.internal.base.ScopedCalls;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.database.TenantDatabaseView;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.AccessToken;
import dev.allotment.spi.backend.AuthorizationCode;
import dev.allotment.spi.backend.PasswordReset;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Issues and redeems access tokens, authorization codes and password resets, and manages sessions. */
public final class AccessUseCases implements Access {
    private static final Duration CODE_LIFE = Duration.ofMinutes(1);
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final ActiveMembers activeMembers;
    private final SignIn signIn;
    private final TenantHosts tenantHosts;
    private final SignInLinks signInLinks;
    private final Actor actor;
    private final TenantLookup tenants;
    private final AccountInvitations invitations;

    public AccessUseCases(
            CoreContext context,
            TenantDatabases tenantDatabases,
            ActiveMembers activeMembers,
            SignIn signIn,
            TenantHosts tenantHosts,
            SignInLinks signInLinks,
            Actor actor) {
        this.context = context;
        this.tenantDatabases = tenantDatabases;
        this.activeMembers = activeMembers;
        this.signIn = signIn;
        this.tenantHosts = tenantHosts;
        this.signInLinks = signInLinks;
        this.actor = actor;
        this.tenants = new TenantLookup(context.work(), actor);
        this.invitations = new AccountInvitations(context);
    }

    @Override
    public SignInLink issue(TenantId id) {
        return signInLinks.issue(actor, id);
    }

    @Override
    public Optional<Redeemed> redeem(String database, String token) {
        Optional<Used> used = context.catalog().transact(tx -> useUp(tx, database, token));
        return used.flatMap(each -> activeMember(each.tenant(), each.token().memberId())
                .map(member -> new Redeemed(PublicViews.tenant(actor, each.tenant()), member)));
    }

    /** A token, and its tenant when it was used up. */
    private record Used(AccessToken token, StoredTenant tenant) {}

    /** Deletes the token in the transaction that reads it, so it works once. A token for another database stays. */
    private Optional<Used> useUp(Transaction tx, String database, String token) {
        Optional<AccessToken> found = byHash(tx, token)
                .flatMap(each -> tx.records(RecordTypes.ACCESS_TOKENS).lock(each.id()));
        Optional<StoredTenant> tenant =
                TenantRows.byName(tx, database).filter(each -> each.state() == TenantState.OPEN);
        if (found.isEmpty()
                || tenant.isEmpty()
                || !found.get().tenantId().equals(tenant.get().id())) {
            return Optional.empty();
        }
        tx.records(RecordTypes.ACCESS_TOKENS).delete(found.get().id());
        Optional<AccessToken> valid = found.filter(each -> context.now().isBefore(each.expiresAt()));
        valid.ifPresent(each -> context.events()
                .add(tx, actor, EventType.TENANT_ENTERED, each.tenantId(), null, Map.of("name", database)));
        return valid.map(each -> new Used(each, tenant.get()));
    }

    @Override
    public Optional<Redeemed> inspect(String token) {
        Instant now = context.now();
        Optional<AccessToken> found = context.catalog().transact(tx -> byHash(tx, token));
        return found.filter(each -> now.isBefore(each.expiresAt())).flatMap(each -> {
            Optional<StoredTenant> tenant =
                    tenants.find(each.tenantId()).filter(known -> known.state() == TenantState.OPEN);
            return tenant.flatMap(known -> activeMember(known, each.memberId())
                    .map(member -> new Redeemed(PublicViews.tenant(actor, known), member)));
        });
    }

    private static Optional<AccessToken> byHash(Transaction tx, String token) {
        return tx
                .records(RecordTypes.ACCESS_TOKENS)
                .list(Query.where(Filter.equal(AccessToken.HASH, Secrets.hash(token))))
                .stream()
                .findFirst();
    }

    /** Empty also if the tenant has got another database since, in which the number may be that of another person. */
    private Optional<Member> activeMember(StoredTenant tenant, MemberId member) {
        return tenantDatabases
                .transact(tenant, tx -> tx.records(RecordTypes.MEMBERS).find(member.value()))
                .filter(Member::active)
                .filter(each -> hasSamePlace(
                        context.catalog()
                                .transact(tx -> tx.records(RecordTypes.TENANTS)
                                        .find(tenant.id().value())),
                        tenant));
    }

    /** Whether the tenant has the database that it had when it was read before. */
    private static boolean hasSamePlace(Optional<StoredTenant> now, StoredTenant before) {
        return now.filter(each -> Place.of(each).equals(Place.of(before))).isPresent();
    }

    @Override
    public boolean isRedirectUri(UUID client, String redirectUri) {
        actor.requireAdministrator("look at addresses of tenants");
        return context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, client))
                .filter(each -> each.state().live())
                .filter(tenant -> isRedirect(tenant, redirectUri))
                .isPresent();
    }

    private boolean isRedirect(StoredTenant tenant, String uri) {
        String path = AuthorizationRequest.REDIRECT_PATH;
        return uri.endsWith(path) && tenantHosts.isAt(tenant, uri.substring(0, uri.length() - path.length()));
    }

    @Override
    public String authorize(AuthorizationRequest request) {
        StoredTenant tenant = context.catalog()
                .transact(tx -> TenantRows.byUuid(tx, request.client()))
                .filter(each -> each.state().live())
                .orElseThrow(() -> SaasException.notFound(
                        ErrorCodes.ACCESS_CLIENT_UNKNOWN, "There is no tenant with this client_id."));
        if (!isRedirect(tenant, request.redirectUri())) {
            throw SaasException.invalid(
                    ErrorCodes.ACCESS_REDIRECT_INVALID,
                    "The redirect_uri of this tenant is \"" + tenantHosts.publicUrl(tenant)
                            + AuthorizationRequest.REDIRECT_PATH + "\", or the same at another of its hosts; found "
                            + TextRules.describe(request.redirectUri()) + ".");
        }
        User user = actor.user();
        if (user == null || !user.id().equals(tenant.ownerId()) || !mayEnter(user, tenant)) {
            throw actor.refused("sign in to this tenant: it belongs to another customer");
        }
        String challenge = request.codeChallenge();
        if (challenge != null && !CHALLENGE.matcher(challenge).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.ACCESS_REDIRECT_INVALID,
                    "A code challenge is a SHA-256 in base64url, 43 characters; found " + TextRules.describe(challenge)
                            + ".");
        }
        TenantRows.requireState(tenant, "entered", TenantState.OPEN);
        MemberId owner = signInLinks.owner(tenant);
        String secret = context.secrets().next();
        context.catalog()
                .transact(tx -> tx.records(RecordTypes.AUTHORIZATION_CODES)
                        .insert(new AuthorizationCode(
                                0,
                                Secrets.hash(secret),
                                tenant.id(),
                                owner,
                                request.redirectUri(),
                                request.codeChallenge(),
                                context.now().plus(CODE_LIFE))));
        return secret;
    }

    /** The role for the customer of the tenant decides, regardless of the customer that the view acts for. */
    private boolean mayEnter(User owner, StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        CustomerId only = actor.scope().customer();
        if (only != null && !only.equals(customer)) {
            return false;
        }
        if (!owner.portal()) {
            return owner.role().permissions().contains(Permission.ENTER_TENANTS);
        }
        return customer == null
                || context.catalog()
                        .transact(
                                tx -> Door.membership(tx, customer, owner.id()).filter(each -> fulfillsRules(tx, each)))
                        .filter(each -> each.may(Permission.ENTER_TENANTS))
                        .isPresent();
    }

    private boolean fulfillsRules(Transaction tx, TeamMember member) {
        boolean factor = actor.followsFactorRule() && FactorRules.isMissing(tx, member.customerId(), member.userId());
        return !factor && !(actor.followsProviderRule() && ProviderRules.isRequired(tx, member));
    }

    @Override
    public Optional<SignInLink> exchange(UUID client, String code, String redirectUri, @Nullable String verifier) {
        Optional<AuthorizationCode> used = context.catalog().transact(tx -> useUp(tx, code));
        Instant now = context.now();
        return used.filter(each -> now.isBefore(each.expiresAt())
                        && each.redirectUri().equals(redirectUri)
                        && proves(each.codeChallenge(), verifier))
                .flatMap(each -> tenants.find(each.tenantId())
                        .filter(tenant -> tenant.uuid().equals(client) && tenant.state() == TenantState.OPEN)
                        .map(tenant -> signInLinks.forMember(tenant, each.memberId())));
    }

    private Optional<AuthorizationCode> useUp(Transaction tx, String code) {
        Optional<AuthorizationCode> found = tx
                .records(RecordTypes.AUTHORIZATION_CODES)
                .list(Query.where(Filter.equal(AuthorizationCode.HASH, Secrets.hash(code))))
                .stream()
                .findFirst()
                .flatMap(each -> tx.records(RecordTypes.AUTHORIZATION_CODES).lock(each.id()));
        found.ifPresent(each -> tx.records(RecordTypes.AUTHORIZATION_CODES).delete(each.id()));
        return found;
    }

    private static boolean proves(@Nullable String challenge, @Nullable String verifier) {
        return challenge == null
                ? verifier == null
                : verifier != null && Secrets.sameText(challenge, Secrets.challenge(verifier));
    }

    @Override
    public Optional<Reset> requestPasswordReset(String login) {
        actor.requireAdministrator("let another user set a new password");
        String normal = TextRules.normalLogin(login);
        if (normal.length() > TextRules.MAX_LOGIN) {
            return Optional.empty();
        }
        String secret = context.secrets().next();
        return context.catalog()
                .transact(tx -> tx
                        .records(RecordTypes.USERS)
                        .list(Query.where(
                                Filter.and(Filter.equal(User.LOGIN, normal), Filter.equal(User.ACTIVE, true))))
                        .stream()
                        .findFirst()
                        .flatMap(user -> Optional.ofNullable(user.email()).map(email -> {
                            tx.records(RecordTypes.PASSWORD_RESETS)
                                    .insert(new PasswordReset(
                                            0,
                                            Secrets.hash(secret),
                                            user.id(),
                                            context.now().plus(AccessTokens.LIFE)));
                            return new Reset(secret, user, email);
                        })));
    }

    @Override
    public Optional<Reset> invite(UserId user) {
        actor.requireAdministrator("invite users");
        return invitations.issue(user, actor);
    }

    @Override
    public Optional<Instant> invitedUntil(UserId user) {
        actor.requireAdministrator("see who is invited");
        return invitations.until(user);
    }

    @Override
    public void revokeInvitation(UserId user) {
        actor.requireAdministrator("revoke invitations");
        invitations.revoke(user);
    }

    @Override
    public boolean canResetPassword(String secret) {
        return context.catalog().transact(tx -> pending(tx, secret).isPresent());
    }

    @Override
    public Optional<User> resetPassword(String secret, String newPassword) {
        // Before a password is hashed: hashing costs too much to do it for a caller that invents secrets.
        Optional<User> owner = context.catalog()
                .transact(tx -> pending(tx, secret)
                        .flatMap(each ->
                                tx.records(RecordTypes.USERS).find(each.userId().value())));
        if (owner.isEmpty()) {
            return Optional.empty();
        }
        String hash = signIn.passwords().hashOfAccount(owner.get().login(), newPassword, null);
        AccountSessions sessions =
                AccountSessions.of(context, tenantDatabases, owner.get().id());
        Optional<User> changed = context.catalog().transact(tx -> reset(tx, secret, hash, sessions));
        changed.ifPresent(each -> signIn.accounts().forget(Place.MAIN, each.id().value()));
        sessions.endLogins();
        return changed;
    }

    private Optional<User> reset(Transaction tx, String secret, String passwordHash, AccountSessions sessions) {
        Optional<PasswordReset> found = pending(tx, secret)
                .flatMap(each -> tx.records(RecordTypes.PASSWORD_RESETS).lock(each.id()));
        found.ifPresent(each -> tx.records(RecordTypes.PASSWORD_RESETS).delete(each.id()));
        Optional<User> user = found.flatMap(
                        each -> tx.records(RecordTypes.USERS).lock(each.userId().value()))
                .filter(User::active);
        user.ifPresent(each -> {
            CredentialRows.setPasswordHash(tx, each.id().value(), passwordHash);
            AccountUseCases.forgetResets(tx, each.id());
            sessions.end(tx);
            Actor self = new Actor(each, actor.clientAddress());
            context.events().add(tx, self, EventType.PASSWORD_CHANGED, null, each.id(), Map.of());
        });
        return user;
    }

    private Optional<PasswordReset> pending(Transaction tx, String secret) {
        return tx
                .records(RecordTypes.PASSWORD_RESETS)
                .list(Query.where(Filter.equal(PasswordReset.HASH, Secrets.hash(secret))))
                .stream()
                .filter(each -> context.now().isBefore(each.expiresAt()))
                .findFirst();
    }

    @Override
    public String openSession(String database, long user) {
        requireMayOpen(database, user);
        return context.catalog().transact(tx -> insertSession(tx, placeOf(tx, database), user));
    }

    @Override
    public String openSession(String database, long user, String login) {
        requireMayOpen(database, user);
        if (database.equals(context.mainDatabase())) {
            return context.catalog().transact(tx -> {
                if (activeAccount(tx, user)
                        .filter(each -> each.login().equals(login))
                        .isEmpty()) {
                    throw denied();
                }
                return insertSession(tx, SessionRows.MAIN, user);
            });
        }
        StoredTenant tenant = context.catalog()
                .transact(tx -> TenantRows.byName(tx, database))
                .orElseThrow(() -> TenantDatabaseView.unknown(database));
        if (tenantDatabases
                .transact(tenant, tx -> tx.records(RecordTypes.MEMBERS).find(user))
                .filter(each -> each.active() && each.login().equals(login))
                .isEmpty()) {
            throw denied();
        }
        return context.catalog().transact(tx -> {
            if (!hasSamePlace(tx.records(RecordTypes.TENANTS).lock(tenant.id().value()), tenant)) {
                throw denied();
            }
            return insertSession(tx, tenant.uuid().toString(), user);
        });
    }

    private static SaasException denied() {
        return SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
    }

    /** @param place the UUID of the tenant; empty: the main database */
    private String insertSession(Transaction tx, String place, long user) {
        String secret = context.secrets().next();
        Instant now = context.now();
        tx.records(RecordTypes.SESSIONS)
                .insert(new StoredSession(
                        0,
                        Secrets.hash(secret),
                        place,
                        user,
                        now,
                        now,
                        now.plus(SessionRows.LIFE),
                        place.equals(SessionRows.MAIN) ? actor.clientAddress() : null,
                        null,
                        now,
                        null,
                        null));
        return secret;
    }

    private static Optional<User> activeAccount(Transaction tx, long user) {
        return tx.records(RecordTypes.USERS).find(user).filter(User::active);
    }

    private void requireMayOpen(String database, long user) {
        if (database.equals(context.mainDatabase())) {
            actor.requireSelf(new UserId(user), "open or close sessions of another user");
        } else {
            actor.requireAdministrator("open or close sessions in tenant databases");
        }
    }

    private String placeOf(Transaction tx, String database) {
        if (database.equals(context.mainDatabase())) {
            return SessionRows.MAIN;
        }
        return TenantRows.byName(tx, database)
                .map(tenant -> tenant.uuid().toString())
                .orElseThrow(() -> TenantDatabaseView.unknown(database));
    }

    @Override
    public Optional<Session> findSession(String secret) {
        return context.catalog()
                .transact(tx -> use(tx, Secrets.hash(secret)))
                .flatMap(each -> login(each)
                        .map(login -> new Session(
                                each.database(),
                                each.session().userId(),
                                login,
                                each.session().createdAt(),
                                each.session().expiresAt(),
                                each.session().browser() != null,
                                each.session().customerId(),
                                each.session().providerId() != null)));
    }

    /** @param tenant null: it is for the main database */
    private record Opened(
            StoredSession session,
            String database,
            @Nullable StoredTenant tenant) {}

    /** Empty if there is none, or it has expired, and is deleted then. */
    private Optional<StoredSession> usable(Transaction tx, String hash) {
        Optional<StoredSession> found =
                tx.records(RecordTypes.SESSIONS).list(Query.where(Filter.equal(StoredSession.HASH, hash))).stream()
                        .findFirst();
        Instant now = context.now();
        Optional<StoredSession> usable = found.filter(each ->
                now.isBefore(each.expiresAt()) && now.isBefore(each.usedAt().plus(SessionRows.IDLE)));
        if (usable.isEmpty()) {
            // Unless another request has used it meanwhile.
            found.ifPresent(each -> tx.records(RecordTypes.SESSIONS)
                    .deleteAll(Filter.and(
                            Filter.equal(StoredSession.ID, each.id()),
                            Filter.equal(StoredSession.USED_AT, each.usedAt()))));
        }
        return usable;
    }

    private Optional<Opened> use(Transaction tx, String hash) {
        Optional<StoredSession> found = usable(tx, hash);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StoredSession session = found.get();
        Instant now = context.now();
        if (!now.isBefore(session.usedAt().plus(SessionRows.USE_STEP))) {
            tx.records(RecordTypes.SESSIONS)
                    .lock(session.id())
                    .ifPresent(each -> tx.records(RecordTypes.SESSIONS).update(each.withUsedAt(now)));
        }
        return opened(tx, session);
    }

    /** Empty if the database is not open to the session's user. */
    private Optional<Opened> opened(Transaction tx, StoredSession session) {
        if (session.database().equals(SessionRows.MAIN)) {
            return Optional.of(new Opened(session, context.mainDatabase(), null));
        }
        return TenantRows.byUuid(tx, UUID.fromString(session.database()))
                .filter(tenant -> TenantDatabaseView.admits(tenant, new MemberId(session.userId())))
                .map(tenant -> new Opened(session, tenant.name(), tenant));
    }

    /** The login of a session's user; empty if the user is not active, or has to set up a second factor first. */
    private Optional<String> login(Opened opened) {
        long user = opened.session().userId();
        StoredTenant tenant = opened.tenant();
        if (tenant == null) {
            return context.catalog()
                    .transact(tx -> activeAccount(tx, user).filter(each -> !AccountFactors.isMissing(tx, each)))
                    .map(User::login);
        }
        Optional<String> known = activeMembers.login(Place.of(tenant), user);
        if (known.isPresent()) {
            return known;
        }
        Optional<String> login = activeMember(tenant, new MemberId(user)).map(Member::login);
        login.ifPresent(each -> activeMembers.add(Place.of(tenant), user, each));
        return login;
    }

    @Override
    public void switchCustomer(String secret, CustomerId customer) {
        context.catalog().transact(tx -> {
            StoredSession session = usable(tx, Secrets.hash(secret))
                    .filter(each -> each.database().equals(SessionRows.MAIN))
                    .orElseThrow(AccessUseCases::denied);
            UserId account = new UserId(session.userId());
            actor.requireSelf(account, "switch the customer of another user's session");
            if (session.providerId() != null) {
                throw ScopedCalls.limitedSession();
            }
            // So that the account is not removed from the team between this check and the change.
            TeamRows.lock(tx, customer);
            if (Door.membership(tx, customer, account).isEmpty()) {
                throw TeamRows.missing(customer);
            }
            tx.records(RecordTypes.SESSIONS)
                    .lock(session.id())
                    .ifPresent(each -> tx.records(RecordTypes.SESSIONS).update(each.withCustomerId(customer)));
            return null;
        });
    }

    @Override
    public void closeSession(String secret) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.SESSIONS)
                    .list(Query.where(Filter.equal(StoredSession.HASH, Secrets.hash(secret))))
                    .forEach(each -> tx.records(RecordTypes.SESSIONS).delete(each.id()));
            return null;
        });
    }

    @Override
    public void closeSessions(String database, long user) {
        requireMayOpen(database, user);
        if (database.equals(context.mainDatabase())) {
            AccountSessions sessions = AccountSessions.of(context, tenantDatabases, new UserId(user));
            context.catalog().transact(tx -> {
                sessions.end(tx);
                return null;
            });
            sessions.endLogins();
        } else {
            context.catalog().transact(tx -> {
                SessionRows.closeAll(tx, placeOf(tx, database), user);
                return null;
            });
        }
    }
}
