// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.identity;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.SignIns;
import dev.allotment.access.SignIns.Browser;
import dev.allotment.access.SignIns.Step;
import dev.allotment.core.internal.access.SignInUseCases;
import dev.allotment.core.internal.account.AccountFeature;
import dev.allotment.core.internal.account.AccountUseCases;
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.ProviderRules;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.identity.ProviderDoor.Person;
import dev.allotment.core.internal.record.IdentityRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.IdentityProviderId;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.spi.backend.ProvidedIdentity;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSession;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.openid.OpenIdReader.Claims;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Signs users in with identity providers, and manages which accounts they sign in to. */
final class ProviderSignInUseCases implements ProviderSignIns {
    /** Clocks of providers differ. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final CoreContext context;
    private final AccountFeature accounts;
    private final ProviderDoor door;
    private final SignInUseCases signIns;
    private final Actor actor;

    ProviderSignInUseCases(
            CoreContext context, AccountFeature accounts, ProviderDoor door, SignInUseCases signIns, Actor actor) {
        this.context = context;
        this.accounts = accounts;
        this.door = door;
        this.signIns = signIns;
        this.actor = actor;
    }

    @Override
    public List<Choice> offered() {
        requireHost();
        return door.available() ? context.catalog().transact(tx -> choices(tx, null)) : List.of();
    }

    @Override
    public List<Choice> ofAddress(String email) {
        requireHost();
        if (!door.available()) {
            return List.of();
        }
        return context.catalog()
                .transact(tx -> IdentityRows.customerOf(tx, email)
                        .map(customer -> choices(tx, customer))
                        .orElse(List.of()));
    }

    /** The active providers of a customer, or those for everyone. */
    private static List<Choice> choices(Transaction tx, @Nullable CustomerId customer) {
        return tx
                .records(RecordTypes.IDENTITY_PROVIDERS)
                .list(Query.where(Filter.and(
                                Filter.equal(IdentityProvider.CUSTOMER_ID, customer),
                                Filter.equal(IdentityProvider.ACTIVE, true)))
                        .orderBy(IdentityProvider.NAME))
                .stream()
                .map(each -> new Choice(each.id(), each.name()))
                .toList();
    }

    @Override
    public List<Choice> required() {
        User user = actor.user();
        CustomerId customer = actor.customer();
        if (user == null || customer == null || !actor.followsProviderRule()) {
            return List.of();
        }
        return context.catalog()
                .transact(tx -> Door.membership(tx, customer, user.id())
                        .filter(each -> ProviderRules.isRequired(tx, each))
                        .map(each -> choices(tx, customer))
                        .orElse(List.of()));
    }

    @Override
    public URI start(IdentityProviderId provider, String target, Browser browser) {
        requireHost();
        IdentityProvider active = context.catalog().transact(tx -> ProviderDoor.active(tx, provider));
        return door.send(Purpose.SIGN_IN, active, null, target, browser.secret());
    }

    @Override
    public Finished finish(Answer answer, Browser browser, @Nullable String session) {
        requireHost();
        Person person = door.receive(answer, browser.secret(), session);
        Purpose purpose = person.state().purpose();
        Step step = null;
        if (purpose == Purpose.SIGN_IN) {
            User user = account(person, browser.clientAddress());
            step = signIns.enterProvided(user, limit(person), browser, provenAt(person));
        } else if (session == null) {
            throw SignInStates.expired();
        } else if (purpose == Purpose.LINK) {
            link(person, session, browser.clientAddress());
        } else {
            prove(person, session);
        }
        return new Finished(purpose, step, person.state().target());
    }

    private @Nullable Instant provenAt(Person person) {
        Instant authenticated = person.claims().authenticatedAt();
        return authenticated == null || authenticated.isBefore(context.now().minus(SignIns.PROOF_LIFE))
                ? null
                : context.now();
    }

    /** The link that a session depends on, which is limited to a customer; null: it is not limited. */
    private @Nullable Long limit(Person person) {
        if (person.provider().customerId() == null) {
            return null;
        }
        return context.catalog()
                .transact(tx -> IdentityRows.lock(
                        tx, person.provider().id(), person.claims().subject()))
                .map(ProvidedIdentity::id)
                .orElseThrow(ProviderSignInUseCases::unknownPerson);
    }

    /** The account that a person signs in to. */
    private User account(Person person, @Nullable String clientAddress) {
        Optional<User> known = context.catalog().transact(tx -> known(tx, person));
        return known.orElseGet(() -> made(person, clientAddress));
    }

    /** Empty: the person has no account. */
    private Optional<User> known(Transaction tx, Person person) {
        Claims claims = person.claims();
        Optional<ProvidedIdentity> identity =
                IdentityRows.lock(tx, person.provider().id(), claims.subject());
        if (identity.isEmpty()) {
            return Optional.empty();
        }
        User user = tx.records(RecordTypes.USERS)
                .lock(identity.get().userId().value())
                .filter(User::active)
                .filter(each -> mayUse(tx, person.provider(), each))
                .orElseThrow(ProviderSignInUseCases::unknownPerson);
        tx.records(RecordTypes.PROVIDED_IDENTITIES).update(identity.get().usedAt(context.now(), claims.email()));
        User seen = user.toBuilder().lastLoginAt(context.now()).build();
        tx.records(RecordTypes.USERS).update(seen);
        return Optional.of(user);
    }

    /** A provider of a customer is for accounts in its team, and never for an operator's. */
    private static boolean mayUse(Transaction tx, IdentityProvider provider, User user) {
        CustomerId customer = provider.customerId();
        return customer == null
                || (user.portal() && Door.membership(tx, customer, user.id()).isPresent());
    }

    private User made(Person person, @Nullable String clientAddress) {
        Claims claims = person.claims();
        String email = claims.email();
        CustomerId customer = person.provider().customerId();
        if (email == null
                || !claims.emailVerified()
                || !context.catalog().transact(tx -> makesAccount(tx, person.provider(), email))) {
            throw unknownPerson();
        }
        if (customer == null) {
            accounts.signIn().signUpLimit().count(clientAddress);
        }
        AccountUseCases useCases = accounts.accounts(context.work(), actor);
        String name = claims.name() == null || claims.name().isBlank() ? email : claims.name();
        AccountUseCases.Prepared prepared = useCases.prepare(
                NewUser.builder(SignUp.builder(email, name, "").email(email).build(), Role.PORTAL)
                        .password(null)
                        .build());
        try {
            return context.work().orAgain(tx -> {
                if (customer != null) {
                    var unused = TeamRows.lock(tx, customer);
                }
                return known(tx, person).orElseGet(() -> {
                    User stored = customer == null
                            ? useCases.store(tx, prepared, clientAddress)
                            : storeInTeam(tx, person, useCases, prepared, clientAddress);
                    insert(tx, person, stored, context.now(), clientAddress);
                    return stored;
                });
            });
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.ACCOUNT_LOGIN_TAKEN)) {
                throw e;
            }
            // Another sign-in of the same person may have just made the account.
            return context.catalog()
                    .transact(tx -> known(tx, person))
                    .orElseThrow(ProviderSignInUseCases::accountExists);
        }
    }

    /**
     * Whether a provider makes accounts for an address. That of a customer does for addresses in its verified domains:
     * otherwise it could take the address of any person.
     */
    private static boolean makesAccount(Transaction tx, IdentityProvider provider, String email) {
        IdentityProvider present = ProviderDoor.active(tx, provider.id());
        TeamRole role = present.newAccounts();
        if (present.customerId() == null) {
            return role == TeamRole.OWNER;
        }
        return role != null
                && role != TeamRole.OWNER
                && IdentityRows.customerOf(tx, email)
                        .filter(present.customerId()::equals)
                        .isPresent();
    }

    /** The customer is locked. What was checked before may have changed since. */
    private User storeInTeam(
            Transaction tx,
            Person person,
            AccountUseCases useCases,
            AccountUseCases.Prepared prepared,
            @Nullable String clientAddress) {
        IdentityProvider provider = ProviderDoor.active(tx, person.provider().id());
        CustomerId customer = provider.customerId();
        TeamRole role = provider.newAccounts();
        String email = prepared.user().email();
        if (customer == null || role == null || email == null || !makesAccount(tx, provider, email)) {
            throw unknownPerson();
        }
        if (tx.records(RecordTypes.USERS).count(Filter.likeIgnoringCase(User.EMAIL, Filter.literal(email))) > 0) {
            throw accountExists();
        }
        TeamRows.requireRoom(tx, customer, context.now());
        User stored = useCases.store(tx, prepared, customer, clientAddress);
        TeamRows.addMember(tx, stored, role);
        TeamRows.record(
                context,
                tx,
                new Actor(stored, clientAddress),
                EventType.TEAM_MEMBER_ADDED,
                customer,
                Map.of("account", stored.id().toString(), "role", role.name()));
        return stored;
    }

    private static SaasException accountExists() {
        return SaasException.conflict(
                ErrorCodes.IDENTITY_ACCOUNT_EXISTS,
                "There is an account with your email address. Sign in to it in another way, and link it to the"
                        + " provider on the page of your account.");
    }

    private void insert(
            Transaction tx, Person person, User user, @Nullable Instant usedAt, @Nullable String clientAddress) {
        tx.records(RecordTypes.PROVIDED_IDENTITIES)
                .insert(new ProvidedIdentity(
                        0,
                        person.provider().id(),
                        person.claims().subject(),
                        user.id(),
                        person.claims().email(),
                        context.now(),
                        usedAt));
        record(
                tx,
                new Actor(user, clientAddress),
                EventType.IDENTITY_LINKED,
                person.provider().id(),
                user.id());
    }

    private void record(Transaction tx, Actor by, EventType type, IdentityProviderId provider, UserId user) {
        context.events().add(tx, by, type, null, user, Map.of("provider", provider.toString()));
    }

    private static SaasException unknownPerson() {
        return SaasException.notAllowed(
                ErrorCodes.IDENTITY_UNKNOWN_PERSON,
                "No account here belongs to you at this provider. If you have one, sign in to it in another way, and link"
                        + " it to the provider on the page of your account.");
    }

    private void link(Person person, String session, @Nullable String clientAddress) {
        UserId id = user(person);
        context.work().orAgain(tx -> {
            User user = tx.records(RecordTypes.USERS)
                    .lock(id.value())
                    .filter(User::active)
                    .filter(each -> isUnlimited(tx, session, id) && mayUse(tx, person.provider(), each))
                    .orElseThrow(SignInStates::expired);
            Optional<ProvidedIdentity> present = IdentityRows.lock(
                    tx, person.provider().id(), person.claims().subject());
            if (present.filter(each -> !each.userId().equals(id)).isPresent()) {
                throw SaasException.conflict(
                        ErrorCodes.IDENTITY_LINKED,
                        "Another account is linked to you at this provider. Remove that link first.");
            }
            if (present.isEmpty()) {
                requireRoom(tx, id);
                insert(tx, person, user, null, clientAddress);
            }
            return id;
        });
    }

    private static void requireRoom(Transaction tx, UserId user) {
        if (IdentityRows.of(tx, user).size() >= MAX_IDENTITIES) {
            throw SaasException.conflict(
                    ErrorCodes.IDENTITY_LIMIT_REACHED,
                    "An account can be linked to " + MAX_IDENTITIES + " identities, and yours has as many. Remove one"
                            + " first.");
        }
    }

    private static Optional<StoredSession> session(Transaction tx, String session, UserId user) {
        return SessionRows.ofAccount(tx, Secrets.hash(session), user);
    }

    private static boolean isUnlimited(Transaction tx, String session, UserId user) {
        return session(tx, session, user)
                .filter(each -> each.providerId() == null)
                .isPresent();
    }

    /** Otherwise the operator of the provider of one customer could prove what counts for another. */
    private static boolean isProving(IdentityProvider provider, @Nullable CustomerId limit) {
        return provider.customerId() == null || provider.customerId().equals(limit);
    }

    /** The customer that a session is limited to; null: it is not limited. */
    private static @Nullable CustomerId limit(StoredSession session) {
        return session.providerId() == null ? null : session.customerId();
    }

    private static UserId user(Person person) {
        UserId user = person.state().user();
        if (user == null) {
            throw SignInStates.expired();
        }
        return user;
    }

    /** The provider must have asked the person after the browser was sent to it. */
    private void prove(Person person, String session) {
        UserId id = user(person);
        Instant authenticated = person.claims().authenticatedAt();
        if (authenticated == null
                || authenticated.isBefore(person.state().startedAt().minus(SKEW))) {
            throw door.refused(person.provider(), "it does not say that it has asked the person again");
        }
        boolean own = context.catalog()
                .transact(tx -> AccountFactors.find(tx, id).isEmpty()
                        && IdentityRows.lock(
                                        tx,
                                        person.provider().id(),
                                        person.claims().subject())
                                .filter(each -> each.userId().equals(id))
                                .isPresent()
                        && session(tx, session, id)
                                .filter(each -> isProving(person.provider(), limit(each)))
                                .isPresent());
        if (!own || !signIns.proveProvided(session, id)) {
            throw door.refused(person.provider(), "it is about another person than the user of the session");
        }
    }

    @Override
    public List<Identity> list(UserId user) {
        actor.requireSelf(user, "see the identities of another user");
        return context.catalog().transact(tx -> {
            List<ProvidedIdentity> identities = IdentityRows.of(tx, user);
            Map<IdentityProviderId, IdentityProvider> providers = tx
                    .records(RecordTypes.IDENTITY_PROVIDERS)
                    .list(Query.where(Filter.in(
                            IdentityProvider.ID,
                            identities.stream()
                                    .map(ProvidedIdentity::providerId)
                                    .toList())))
                    .stream()
                    .collect(Collectors.toMap(IdentityProvider::id, Function.identity()));
            CustomerId limit = actor.provided() ? actor.scope().customer() : null;
            return identities.stream()
                    .flatMap(each -> Optional.ofNullable(providers.get(each.providerId()))
                            .map(provider -> identity(each, provider, limit))
                            .stream())
                    .filter(each -> limit == null || each.proving())
                    .toList();
        });
    }

    private static Identity identity(ProvidedIdentity row, IdentityProvider provider, @Nullable CustomerId limit) {
        return new Identity(
                row.id(), provider.id(), provider.name(), row.email(), row.lastUsedAt(), isProving(provider, limit));
    }

    @Override
    public List<Choice> linkable(UserId user) {
        User own = own(user);
        if (!door.available()) {
            return List.of();
        }
        return context.catalog().transact(tx -> {
            List<Choice> all = new ArrayList<>(choices(tx, null));
            if (own.portal()) {
                TeamRows.of(tx, user).forEach(each -> all.addAll(choices(tx, each.customerId())));
            }
            return all;
        });
    }

    @Override
    public URI startLink(String session, IdentityProviderId provider, String target) {
        User user = requireUser();
        IdentityProvider active = context.catalog().transact(tx -> {
            IdentityProvider found = ProviderDoor.active(tx, provider);
            if (!mayUse(tx, found, user)) {
                throw ProviderDoor.missing(provider);
            }
            requireRoom(tx, user.id());
            var unused = requireSession(tx, session, user.id());
            return found;
        });
        return door.send(Purpose.LINK, active, user.id(), target, session);
    }

    @Override
    public URI startProof(String session, long identity, String target) {
        User user = requireUser();
        IdentityProvider active = context.catalog().transact(tx -> {
            if (AccountFactors.find(tx, user.id()).isPresent()) {
                throw SaasException.notAllowed(
                        ErrorCodes.ACCESS_FACTOR_NEEDED,
                        "Your account has a second factor: prove who you are with a code.");
            }
            CustomerId limit = limit(requireSession(tx, session, user.id()));
            IdentityProvider found =
                    ProviderDoor.active(tx, own(tx, user.id(), identity).providerId());
            if (!isProving(found, limit)) {
                throw missing(identity);
            }
            return found;
        });
        return door.send(Purpose.PROOF, active, user.id(), target, session);
    }

    private static StoredSession requireSession(Transaction tx, String session, UserId user) {
        return session(tx, session, user).orElseThrow(SignInStates::expired);
    }

    private static ProvidedIdentity own(Transaction tx, UserId user, long identity) {
        return tx.records(RecordTypes.PROVIDED_IDENTITIES)
                .lock(identity)
                .filter(each -> each.userId().equals(user))
                .orElseThrow(() -> missing(identity));
    }

    private static SaasException missing(long identity) {
        return RecordLookup.missing(RecordTypes.PROVIDED_IDENTITIES, "Identity", identity);
    }

    @Override
    public void unlink(UserId user, long identity) {
        User owner = own(user);
        context.catalog().transact(tx -> {
            ProvidedIdentity present = own(tx, owner.id(), identity);
            tx.records(RecordTypes.PROVIDED_IDENTITIES).delete(present.id());
            SessionRows.closeProvided(tx, present.providerId(), owner.id());
            record(tx, actor, EventType.IDENTITY_UNLINKED, present.providerId(), owner.id());
            return null;
        });
    }

    private User own(UserId id) {
        User user = actor.user();
        if (user != null && !user.id().equals(id)) {
            throw actor.refused("change the identities of another user");
        }
        return accounts.accounts(context.work(), actor).get(id);
    }

    private User requireUser() {
        User user = actor.user();
        if (user == null) {
            throw actor.refused("do this: the embedder is not a user");
        }
        return user;
    }

    private void requireHost() {
        if (actor.user() != null) {
            throw actor.refused("sign users in");
        }
    }
}
