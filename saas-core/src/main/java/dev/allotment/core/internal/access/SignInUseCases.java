// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Passkeys;
import dev.allotment.access.SecondFactors;
import dev.allotment.access.SignIns;
import dev.allotment.core.internal.account.AccountFeature;
import dev.allotment.core.internal.account.AccountSessions;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.account.AccountUseCases.Entered;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.spi.backend.ProvidedIdentity;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Signs users of the main database in with a browser, and manages their sessions. */
public final class SignInUseCases implements SignIns {
    private static final Duration PENDING_LIFE = Duration.ofMinutes(10);
    /** The second at which it expires, the account, the identity or 0, and the seal. */
    private static final Pattern PENDING =
            Pattern.compile("([0-9]{1,12})\\.([0-9]{1,18})\\.([0-9]{1,18})\\.([A-Za-z0-9_-]{43})");
    /** How many accounts can use one browser in turn without being taken for strangers. */
    private static final int MAX_MARKS = 5;

    private final CoreContext context;
    private final AccountFeature feature;
    private final AccountUseCases accounts;
    private final Actor actor;

    public SignInUseCases(CoreContext context, AccountFeature feature, Actor actor) {
        this.context = context;
        this.feature = feature;
        this.accounts = feature.accounts(context.work(), actor);
        this.actor = actor;
    }

    @Override
    public Optional<Step> start(String login, String password, Browser browser) {
        requireHost();
        return accounts.enter(login, password, browser.clientAddress())
                .map(entered -> step(entered, null, browser, context.now()));
    }

    /**
     * Continues a sign-in in which an identity provider has taken the place of the password. The session is limited to
     * the customer whose provider it is.
     *
     * @param identity the link of the account to the provider, if it is of a customer; null: it is for everyone
     * @param provenAt null: the provider does not say that it has asked the person just now
     */
    public Step enterProvided(User user, @Nullable Long identity, Browser browser, @Nullable Instant provenAt) {
        requireHost();
        return step(new Entered(user, user.lastLoginAt() == null), identity, browser, provenAt);
    }

    /** Notes in a session that an identity provider has proven who its user is. Returns false if it was closed. */
    public boolean proveProvided(String session, UserId user) {
        requireHost();
        return context.catalog().transact(tx -> markProven(tx, Secrets.hash(session), user));
    }

    /** @param identity at the provider of a customer, to which the session is limited; null: it is not limited */
    private Step step(Entered entered, @Nullable Long identity, Browser browser, @Nullable Instant provenAt) {
        User user = entered.user();
        State state = context.catalog().transact(tx -> state(tx, user, identity));
        if (state.next() == Next.NOTHING) {
            return opened(user.id(), identity, browser, !entered.first(), List.of(), provenAt);
        }
        long until = context.now().plus(PENDING_LIFE).getEpochSecond();
        return new Step(user, state.next(), sealed(state, until, browser), "", List.of());
    }

    /**
     * What signing in to an account takes after the password.
     *
     * @param identity at the provider of a customer that has taken the place of the password; null: none
     * @param passwordHash null: it has no password any more
     */
    private record State(
            User user,
            Next next,
            @Nullable Long identity,
            @Nullable String passwordHash) {}

    private static State state(Transaction tx, User user, @Nullable Long identity) {
        return new State(
                user,
                next(tx, user),
                identity,
                CredentialRows.passwordHash(tx, user.id().value()));
    }

    private static Next next(Transaction tx, User user) {
        if (AccountFactors.isPasswordEnough(tx, user)) {
            return Next.NOTHING;
        }
        if (AccountFactors.isMissing(tx, user)) {
            return Next.SETUP;
        }
        return AccountFactors.find(tx, user.id()).isPresent() ? Next.CODE : Next.PASSKEY;
    }

    /** Bound to the browser, to what it waits for, and to the password: a new one makes it worthless. */
    private String sealed(State state, long until, Browser browser) {
        Long identity = state.identity();
        String start = until + "." + state.user().id() + "." + (identity == null ? 0 : identity);
        String bound = Secrets.hash(browser.secret()) + "\n" + state.next() + "\n" + state.passwordHash();
        return start + "." + seal("pending sign-in", start + "\n" + bound);
    }

    /** May read the catalog, so it must not run within a transaction. */
    private String seal(String kind, String text) {
        return feature.content().secrets().seal(kind, text);
    }

    @Override
    public Optional<Step> pending(String pending, Browser browser) {
        return waiting(pending, browser).map(state -> new Step(state.user(), state.next(), pending, "", List.of()));
    }

    private Optional<State> waiting(String pending, Browser browser) {
        requireHost();
        Matcher parts = PENDING.matcher(pending);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long until = Long.parseLong(parts.group(1));
        long id = Long.parseLong(parts.group(2));
        long number = Long.parseLong(parts.group(3));
        Long identity = number == 0 ? null : number;
        if (context.now().getEpochSecond() >= until) {
            return Optional.empty();
        }
        Optional<State> state = context.catalog()
                .transact(tx -> tx.records(RecordTypes.USERS)
                        .find(id)
                        .filter(User::active)
                        .map(user -> state(tx, user, identity)));
        return state.filter(each -> each.next() != Next.NOTHING)
                .filter(each -> Secrets.sameText(pending, sealed(each, until, browser)));
    }

    private Optional<State> waiting(String pending, Browser browser, Next next) {
        return waiting(pending, browser).filter(state -> state.next() == next);
    }

    @Override
    public Optional<Step> enterCode(String pending, String code, Browser browser) {
        return waiting(pending, browser, Next.CODE).map(state -> {
            User user = state.user();
            if (!feature.factors().accept(self(user, browser), user, code)) {
                throw AccountFactors.wrongCode();
            }
            return opened(user.id(), state.identity(), browser, true, List.of(), context.now());
        });
    }

    @Override
    public Optional<SecondFactors.Setup> startSetup(String pending, Browser browser) {
        return setup(pending, browser).map(State::user).map(feature.secondFactors(actor)::start);
    }

    @Override
    public Optional<Step> confirmSetup(String pending, String code, Browser browser) {
        return setup(pending, browser).map(State::user).map(user -> {
            List<String> codes = feature.secondFactors(actor).confirm(user, code, self(user, browser));
            // The email about the new factor says it all.
            return opened(user.id(), null, browser, false, codes, context.now());
        });
    }

    /** The provider of a customer must not add a factor to an account. */
    private Optional<State> setup(String pending, Browser browser) {
        return waiting(pending, browser, Next.SETUP).filter(state -> state.identity() == null);
    }

    @Override
    public Optional<Passkeys.Request> startPasskey(Browser browser) {
        requireHost();
        return feature.passkeys().request(browser.secret());
    }

    @Override
    public Optional<Step> enterPasskey(Passkeys.Answer answer, Browser browser) {
        requireHost();
        return feature.passkeys()
                .accept(answer, browser.secret(), browser.clientAddress())
                .map(user -> opened(user.id(), null, browser, true, List.of(), context.now()));
    }

    @Override
    public Step open(UserId id, Browser browser) {
        requireHost();
        return opened(id, null, browser, false, List.of(), context.now());
    }

    /**
     * @param identity at the provider of a customer, to which the session is limited; null: it is not limited
     * @param reported whether a device that is new to the account is worth an email
     * @param provenAt when its user has proven who it is; null: not in this sign-in
     */
    private Step opened(
            UserId id,
            @Nullable Long identity,
            Browser browser,
            boolean reported,
            List<String> recoveryCodes,
            @Nullable Instant provenAt) {
        String mark = seal("device", id.toString());
        List<String> marks =
                browser.device() == null ? List.of() : List.of(browser.device().split("\\."));
        boolean stranger = reported && !marks.contains(mark);
        String secret = context.secrets().next();
        User user = context.catalog().transact(tx -> {
            User active = tx.records(RecordTypes.USERS)
                    .find(id.value())
                    .filter(User::active)
                    .orElseThrow(SignInUseCases::denied);
            IdentityProvider limit = identity == null ? null : limit(tx, identity, active);
            tx.records(RecordTypes.SESSIONS).insert(session(active, secret, browser, provenAt, limit));
            if (stranger) {
                Map<String, String> details = Map.of("browser", BrowserNames.of(browser.userAgent()));
                feature.factors().record(tx, self(active, browser), EventType.NEW_DEVICE, active, details);
            }
            return active;
        });
        String device = Stream.concat(Stream.of(mark), marks.stream())
                .distinct()
                .limit(MAX_MARKS)
                .collect(Collectors.joining("."));
        return new Step(user, Next.NOTHING, secret, device, recoveryCodes);
    }

    /**
     * The provider whose customer a session is limited to. First the customer is locked, so that the account is not
     * removed from the team, nor the provider changed, before the session is there to be ended, and then the link.
     */
    private static IdentityProvider limit(Transaction tx, long identity, User user) {
        IdentityProviderId id =
                linked(tx.records(RecordTypes.PROVIDED_IDENTITIES).find(identity), user);
        CustomerId customer = active(tx, id).customerId();
        if (customer == null) {
            throw denied();
        }
        TeamRows.lock(tx, customer);
        IdentityProvider provider =
                active(tx, linked(tx.records(RecordTypes.PROVIDED_IDENTITIES).lock(identity), user));
        if (!user.portal() || Door.membership(tx, customer, user.id()).isEmpty()) {
            throw denied();
        }
        return provider;
    }

    private static IdentityProviderId linked(Optional<ProvidedIdentity> identity, User user) {
        return identity.filter(each -> each.userId().equals(user.id()))
                .map(ProvidedIdentity::providerId)
                .orElseThrow(SignInUseCases::denied);
    }

    private static IdentityProvider active(Transaction tx, IdentityProviderId provider) {
        return tx.records(RecordTypes.IDENTITY_PROVIDERS)
                .find(provider.value())
                .filter(IdentityProvider::active)
                .orElseThrow(SignInUseCases::denied);
    }

    private StoredSession session(
            User user, String secret, Browser browser, @Nullable Instant provenAt, @Nullable IdentityProvider limit) {
        Instant now = context.now();
        return new StoredSession(
                0,
                Secrets.hash(secret),
                SessionRows.MAIN,
                user.id().value(),
                now,
                now,
                now.plus(SessionRows.LIFE),
                browser.clientAddress(),
                BrowserNames.of(browser.userAgent()),
                provenAt,
                limit == null ? null : limit.customerId(),
                limit == null ? null : limit.id());
    }

    private static Actor self(User user, Browser browser) {
        return new Actor(user, browser.clientAddress());
    }

    @Override
    public boolean isProven(String session) {
        User user = actor.user();
        return user != null && feature.factors().isProven(context.work(), Secrets.hash(session), user.id());
    }

    @Override
    public boolean prove(String session, String proof) {
        User user = actor.user();
        String hash = Secrets.hash(session);
        if (user == null
                || context.catalog()
                        .transact(tx -> SessionRows.ofAccount(tx, hash, user.id()))
                        .isEmpty()) {
            return false;
        }
        boolean factor = context.catalog()
                .transact(tx -> AccountFactors.find(tx, user.id()))
                .isPresent();
        boolean right = factor ? feature.factors().accept(actor, user, proof) : accounts.isPassword(user.id(), proof);
        return right && context.catalog().transact(tx -> markProven(tx, hash, user.id()));
    }

    /** Returns false if the session was closed meanwhile. */
    private boolean markProven(Transaction tx, String hash, UserId user) {
        Optional<StoredSession> session = SessionRows.ofAccount(tx, hash, user)
                .flatMap(each -> tx.records(RecordTypes.SESSIONS).lock(each.id()));
        session.ifPresent(each -> tx.records(RecordTypes.SESSIONS).update(each.withProvenAt(context.now())));
        return session.isPresent();
    }

    @Override
    public List<OpenSession> list(UserId user, @Nullable String present) {
        requireSelf(user);
        String hash = present == null ? "" : Secrets.hash(present);
        Instant now = context.now();
        return context
                .catalog()
                .transact(tx -> tx.records(RecordTypes.SESSIONS)
                        .list(Query.where(Filter.and(
                                        Filter.equal(StoredSession.DATABASE, SessionRows.MAIN),
                                        Filter.equal(StoredSession.USER_ID, user.value()),
                                        Filter.compare(StoredSession.EXPIRES_AT, Filter.Operator.GREATER, now),
                                        Filter.compare(
                                                StoredSession.USED_AT,
                                                Filter.Operator.GREATER,
                                                now.minus(SessionRows.IDLE))))
                                .orderByDescending(StoredSession.USED_AT)))
                .stream()
                .map(each -> new OpenSession(
                        each.id(),
                        each.createdAt(),
                        each.usedAt(),
                        each.clientAddress(),
                        each.browser(),
                        each.hash().equals(hash)))
                .toList();
    }

    @Override
    public boolean close(UserId user, long session) {
        requireSelf(user);
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.SESSIONS)
                        .find(session)
                        .filter(each -> each.database().equals(SessionRows.MAIN) && each.userId() == user.value())
                        .map(each -> tx.records(RecordTypes.SESSIONS).delete(each.id()))
                        .orElse(false));
    }

    @Override
    public void closeOthers(String present) {
        User user = actor.user();
        if (user == null) {
            throw denied();
        }
        AccountSessions sessions = AccountSessions.of(context, feature.content().databases(), user.id());
        context.catalog().transact(tx -> {
            StoredSession kept =
                    SessionRows.ofAccount(tx, Secrets.hash(present), user.id()).orElseThrow(SignInUseCases::denied);
            sessions.endBut(tx, kept.id());
            return null;
        });
        sessions.endLogins();
    }

    private void requireHost() {
        if (actor.user() != null) {
            throw actor.refused("sign users in");
        }
    }

    private void requireSelf(UserId id) {
        User user = actor.user();
        if (user != null && !user.id().equals(id)) {
            throw actor.refused("see or close sessions of another user");
        }
    }

    private static SaasException denied() {
        return SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
    }
}
