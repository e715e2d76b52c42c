// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.account;

import dev.allotment.Accounts;
import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCategory;
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
import dev.allotment.core.internal.authentication.AccountFactors;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.authentication.Authenticator;
import dev.allotment.core.internal.authentication.PasskeyCeremonies;
import dev.allotment.core.internal.authentication.Passwords;
import dev.allotment.core.internal.authentication.Place;
import dev.allotment.core.internal.authentication.SignIn;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Pseudonyms;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.record.AccessTokens;
import dev.allotment.core.internal.record.CredentialRows;
import dev.allotment.core.internal.record.IdentityRows;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.PasswordReset;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.team.TeamMember;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Manages the accounts of the main database. */
public final class AccountUseCases extends RecordLookup<UserId, User> implements Accounts {
    private final CoreContext context;
    private final TenantContent content;
    private final SignIn signIn;
    private final MainParameters mainParameters;
    private final Actor actor;

    public AccountUseCases(
            CoreContext context,
            TenantContent content,
            SignIn signIn,
            MainParameters mainParameters,
            UnitOfWork work,
            Actor actor) {
        super(work, RecordTypes.USERS, "User");
        this.context = context;
        this.content = content;
        this.signIn = signIn;
        this.mainParameters = mainParameters;
        this.actor = actor;
    }

    @Override
    protected long number(UserId id) {
        return id.value();
    }

    @Override
    protected Filter<User> visible(Transaction tx) {
        User user = actor.user();
        if (user == null || actor.seesAll()) {
            return Filter.all();
        }
        Filter<User> self = Filter.equal(User.ID, user.id());
        if (!actor.administrator()) {
            return self;
        }
        CustomerId customer = actor.scope().customer();
        return Filter.or(
                self,
                customer != null
                        ? Filter.or(
                                Filter.equal(User.CUSTOMER_ID, customer),
                                Filter.in(User.ID, TeamRows.accounts(tx, customer)))
                        : Filter.in(User.ID, TenantLookup.distinct(actor, tx, StoredTenant.OWNER_ID, TenantRows.LIVE)));
    }

    /** A caller that is limited to a customer does not see to which one its account belongs at first. */
    @Override
    protected User shown(User user) {
        User acting = actor.user();
        CustomerId customer = actor.scope().customer();
        boolean self = acting != null && acting.portal() && acting.id().equals(user.id());
        return customer == null || !self || customer.equals(user.customerId())
                ? user
                : user.toBuilder().customerId(customer).erasureRequestedAt(null).build();
    }

    @Override
    public User signUp(SignUp signUp, @Nullable String clientAddress) {
        NewUser wanted = NewUser.builder(signUp, Role.PORTAL).build();
        User checked = check(wanted);
        requireOpen();
        if (!actor.administrator() && work().transact(MainParameters::strangersHaveToConfirm)) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_SIGNUP_UNCONFIRMED,
                    "Signing up here requires a confirmed email address; the page for that is "
                            + mainParameters.baseUrl() + "/web/signup");
        }
        signIn.signUpLimit().count(actor.administrator() ? clientAddress : actor.clientAddress());
        return insert(checked, wanted, stored -> actor.user() == null ? new Actor(stored, clientAddress) : actor);
    }

    private void requireOpen() {
        if (!work().transact(MainParameters::strangersMaySignUp)) {
            throw SaasException.conflict(ErrorCodes.ACCOUNT_SIGNUP_OFF, "Signup is not allowed for uninvited users");
        }
    }

    @Override
    public String requestSignUp(String login, String name) {
        actor.requireAdministrator("confirm an address for a stranger");
        User checked = check(
                NewUser.builder(SignUp.builder(login, name, "").email(login).build(), Role.PORTAL)
                        .build());
        requireOpen();
        context.catalog().transact(tx -> {
            requireFree(tx, checked.login());
            return null;
        });
        Instant until = context.now().plus(AccessTokens.LIFE);
        return new Invitation(checked.login(), checked.name(), until).secret(content.secrets());
    }

    private Optional<Invitation> invitation(String secret) {
        return Invitation.open(content.secrets(), secret)
                .filter(each -> context.now().isBefore(each.until()));
    }

    @Override
    public boolean canConfirmSignUp(String secret) {
        return invitation(secret)
                .filter(each -> context.catalog().transact(tx -> isFree(tx, each.login())))
                .isPresent();
    }

    @Override
    public Optional<User> confirmSignUp(String secret, String password) {
        Optional<Invitation> invitation = invitation(secret);
        if (invitation.isEmpty()) {
            return Optional.empty();
        }
        SignUp signUp = SignUp.builder(
                        invitation.get().login(), invitation.get().name(), password)
                .build();
        requireOpen();
        try {
            NewUser wanted = NewUser.builder(signUp, Role.PORTAL).build();
            return Optional.of(insert(check(wanted), wanted, stored -> new Actor(stored, actor.clientAddress())));
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.ACCOUNT_LOGIN_TAKEN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** An account that was checked and is not stored, and the hash of its password. */
    public record Prepared(User user, @Nullable String hash) {}

    /** Checks a new account and hashes its password, which takes too long for a transaction. */
    public Prepared prepare(NewUser wanted) {
        User checked = check(wanted);
        return new Prepared(checked, wanted.password() == null ? null : hashFor(checked, wanted.password()));
    }

    /** Stores an account of a customer that a stranger has opened. The caller puts it into the team. */
    public User store(Transaction tx, Prepared prepared, CustomerId customer, @Nullable String clientAddress) {
        try {
            requireFree(tx, prepared.user().login());
            User stored = insert(tx, prepared.user(), prepared.hash(), customer);
            recordSignUp(tx, new Actor(stored, clientAddress), stored);
            return stored;
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE)
                    ? loginTaken(prepared.user().login())
                    : e;
        }
    }

    /** Stores an account with its own customer. It was checked by {@link #prepare}. */
    public User store(Transaction tx, Prepared prepared, @Nullable String clientAddress) {
        User stored = insert(tx, prepared.user(), prepared.hash());
        recordSignUp(tx, new Actor(stored, clientAddress), stored);
        return stored;
    }

    private void recordSignUp(Transaction tx, Actor by, User stored) {
        context.events().add(tx, by, EventType.SIGNED_UP, null, stored.id(), Map.of("login", stored.login()));
    }

    @Override
    public User create(NewUser wanted) {
        actor.requireAdministrator("create users");
        return insert(check(wanted), wanted, stored -> actor);
    }

    private User check(NewUser wanted) {
        String login = login(wanted.login());
        String email = TextRules.email(wanted.email());
        return new User(
                new UserId(0),
                login,
                TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A user"),
                email == null && login.indexOf('@') > 0 ? login : email,
                wanted.role(),
                wanted.active(),
                new CustomerId(0),
                TextRules.lang(wanted.lang(), ErrorCodes.ACCOUNT_INVALID),
                TextRules.zone(wanted.tz(), ErrorCodes.ACCOUNT_INVALID),
                context.now(),
                null,
                null);
    }

    private static String login(String wanted) {
        String login = TextRules.login(wanted);
        if (login.equals(Actor.HOST_LOGIN)) {
            throw loginTaken(login);
        }
        if (Pseudonyms.isLogin(login)) {
            throw loginTaken(
                    login,
                    "The login " + TextRules.describe(login)
                            + " is reserved for accounts that were erased. Choose another one.");
        }
        return login;
    }

    /** @param by the actor for the audit log; empty for a stranger, who has no account yet */
    private User insert(User user, NewUser wanted, Function<User, Actor> by) {
        String hash = wanted.password() == null ? null : hashFor(user, wanted.password());
        try {
            return work().transact(tx -> {
                User acting = actor.user();
                if (acting != null && !user.portal()) {
                    requireStillAdministrator(tx, acting.id());
                }
                User stored = wanted.customerId() == null
                        ? insert(tx, user, hash)
                        : join(tx, user, hash, wanted.customerId(), wanted.teamRole());
                recordSignUp(tx, by.apply(stored), stored);
                return stored;
            });
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? loginTaken(user.login()) : e;
        }
    }

    /** Refuses a taken login before the password is hashed: hashing costs too much for callers that try logins out. */
    private String hashFor(User user, String password) {
        Passwords.check(password);
        work().transact(tx -> {
            requireFree(tx, user.login());
            return null;
        });
        return hash(user.login(), password);
    }

    /**
     * Stores a new account, and a customer for it.
     *
     * @param hash null: no password, so no one can sign in with one
     */
    public static User insert(Transaction tx, User user, @Nullable String hash) {
        requireFree(tx, user.login());
        Customer customer = tx.records(RecordTypes.CUSTOMERS)
                .insert(new Customer(new CustomerId(0), user.name(), user.email(), true, user.createdAt(), Map.of()));
        User stored = insert(tx, user, hash, customer.id());
        TeamRows.addMember(tx, stored, TeamRole.OWNER);
        return stored;
    }

    /** Stores a new account in the team of a customer, whose first member becomes its owner. */
    private User join(Transaction tx, User user, @Nullable String hash, CustomerId id, TeamRole wanted) {
        requireFree(tx, user.login());
        CustomerId customer = TeamRows.lock(tx, id).id();
        TeamRows.requireRoom(tx, customer, context.now());
        TeamRole role = TeamRows.of(tx, customer).isEmpty() ? TeamRole.OWNER : wanted;
        User stored = insert(tx, user, hash, customer);
        TeamRows.addMember(tx, stored, role);
        TeamRows.record(
                context,
                tx,
                actor,
                EventType.TEAM_MEMBER_ADDED,
                customer,
                Map.of("account", stored.id().toString(), "role", role.name()));
        return stored;
    }

    private static User insert(Transaction tx, User user, @Nullable String hash, CustomerId customer) {
        User stored = tx.records(RecordTypes.USERS)
                .insert(new User(
                        user.id(),
                        user.login(),
                        user.name(),
                        user.email(),
                        user.role(),
                        user.active(),
                        customer,
                        user.lang(),
                        user.tz(),
                        user.createdAt(),
                        null,
                        null));
        CredentialRows.setPasswordHash(tx, stored.id().value(), hash);
        return stored;
    }

    private static void requireFree(Transaction tx, String login) {
        if (!isFree(tx, login)) {
            throw loginTaken(login);
        }
    }

    private static boolean isFree(Transaction tx, String login) {
        return tx.records(RecordTypes.USERS).count(Filter.equal(User.LOGIN, login)) == 0;
    }

    private static SaasException loginTaken(String login) {
        return loginTaken(login, "Another user is already registered using this email address.");
    }

    private static SaasException loginTaken(String login, String message) {
        return new SaasException(
                ErrorCategory.CONFLICT, ErrorCodes.ACCOUNT_LOGIN_TAKEN, message, Map.of("login", login), false, null);
    }

    @Override
    public Optional<User> authenticate(String login, String password, @Nullable String clientAddress) {
        return passwordHolder(login, password, clientAddress)
                .map(AccountUseCases::enough)
                .flatMap(account -> recordSignIn(account, password, clientAddress));
    }

    private Optional<Authenticator.Account<User>> passwordHolder(
            String login, String password, @Nullable String clientAddress) {
        String normal = TextRules.normalLogin(login);
        return signIn.accounts()
                .signIn(Place.MAIN, normal, password, clientAddress, () -> work().transact(tx -> byLogin(tx, normal)));
    }

    private static Authenticator.Account<User> enough(Authenticator.Account<User> account) {
        if (!account.enough()) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_FACTOR_NEEDED,
                    "This account needs a second factor, so its password alone does not sign in here. Use an API key"
                            + " instead of the password, or sign in at the portal.");
        }
        return account;
    }

    /**
     * An account whose password was right. It may need a second factor.
     *
     * @param first whether its user has never signed in before
     */
    public record Entered(User user, boolean first) {}

    /** Checks a login and a password as {@link #authenticate}, for a caller that requests the second factor. */
    public Optional<Entered> enter(String login, String password, @Nullable String clientAddress) {
        return passwordHolder(login, password, clientAddress)
                .flatMap(account -> recordSignIn(account, password, clientAddress)
                        .map(user -> new Entered(user, account.user().lastLoginAt() == null)));
    }

    /** Empty if the account was deleted or set inactive after its password was read. */
    private Optional<User> recordSignIn(
            Authenticator.Account<User> account, String password, @Nullable String clientAddress) {
        String newHash = signIn.passwords().isOutdated(account.hash())
                ? signIn.passwords().hash(password, clientAddress)
                : null;
        if (newHash == null && Authenticator.isNoted(account.user().lastLoginAt(), context.now())) {
            return work().transact(tx ->
                    tx.records(RecordTypes.USERS).find(account.id()).filter(User::active));
        }
        return work().transact(tx -> {
            Optional<User> seen = tx.records(RecordTypes.USERS)
                    .lock(account.id())
                    .filter(User::active)
                    .map(each -> each.toBuilder().lastLoginAt(context.now()).build());
            seen.ifPresent(each -> {
                tx.records(RecordTypes.USERS).update(each);
                CredentialRows.replacePasswordHash(tx, account.id(), account.hash(), newHash);
            });
            return seen;
        });
    }

    @Override
    public Optional<User> authenticate(UserId id, String password, @Nullable String clientAddress) {
        return holder(id, password, clientAddress).map(AccountUseCases::enough).map(Authenticator.Account::user);
    }

    private Optional<Authenticator.Account<User>> holder(UserId id, String password, @Nullable String clientAddress) {
        return signIn.accounts()
                .check(
                        Place.MAIN,
                        id.value(),
                        password,
                        clientAddress,
                        () -> work().transact(tx -> byId(tx, id.value())));
    }

    /** Whether this is the password of an account, which may need more than that to sign in. */
    public boolean isPassword(UserId id, String password) {
        return holder(id, password, actor.clientAddress()).isPresent();
    }

    @Override
    public boolean throttled(String login, @Nullable String clientAddress) {
        return signIn.accounts().throttled(Place.MAIN, TextRules.normalLogin(login), clientAddress);
    }

    private static Optional<Authenticator.Account<User>> byLogin(Transaction tx, String login) {
        return CredentialRows.byLogin(
                tx, RecordTypes.USERS, login, user -> account(tx, user), () -> AccountFactors.readNothing(tx));
    }

    private static Optional<Authenticator.Account<User>> byId(Transaction tx, long id) {
        return tx.records(RecordTypes.USERS).find(id).map(user -> account(tx, user));
    }

    private static Authenticator.Account<User> account(Transaction tx, User user) {
        long id = user.id().value();
        Supplier<Optional<String>> hash = CredentialRows.passwordHashLater(tx, id);
        boolean enough = AccountFactors.isPasswordEnough(tx, user);
        return new Authenticator.Account<>(
                user, id, user.login(), user.active(), hash.get().orElse(null), enough);
    }

    @Override
    public void changePassword(UserId id, String oldPassword, String newPassword) {
        requireSelf(id, "change the password of another user");
        // First, since hashing costs too much to do it for a caller who does not know the old password.
        User user = holder(id, oldPassword, actor.clientAddress())
                .map(Authenticator.Account::user)
                .orElseThrow(() -> SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied"));
        storePassword(id, hash(user.login(), newPassword), Map.of());
    }

    @Override
    public void setPassword(UserId id, String newPassword) {
        actor.requireAdministrator("set the password of another user");
        storePassword(id, hash(get(id).login(), newPassword), Map.of());
    }

    private String hash(String login, String password) {
        return signIn.passwords().hashOfAccount(login, password, actor.clientAddress());
    }

    @Override
    public void importPassword(UserId id, String hash) {
        actor.requireAdministrator("set the password of another user");
        Passwords.checkHash(hash);
        storePassword(id, hash, Map.of("imported", "true"));
    }

    private void storePassword(UserId id, String hash, Map<String, String> details) {
        AccountSessions sessions = sessionsOf(id);
        work().transact(tx -> {
            lock(tx, id);
            storePassword(tx, id, hash, sessions, details);
            return null;
        });
        forgetWhenStored(id, sessions);
    }

    private void forgetWhenStored(UserId id, AccountSessions sessions) {
        work().whenStored(() -> {
            forget(id);
            sessions.endLogins();
        });
    }

    private void forget(UserId id) {
        signIn.accounts().forget(Place.MAIN, id.value());
        signIn.accountKeys().forget(SessionRows.MAIN, id.value());
    }

    /** Within a larger transaction tenant databases are not read, so all their sessions count as the owner's. */
    private AccountSessions sessionsOf(UserId id) {
        return work() instanceof UnitOfWork.Joined
                ? new AccountSessions(context, content.databases(), id)
                : AccountSessions.of(context, content.databases(), id);
    }

    private void storePassword(
            Transaction tx, UserId id, String hash, AccountSessions sessions, Map<String, String> details) {
        CredentialRows.setPasswordHash(tx, id.value(), hash);
        forgetResets(tx, id);
        sessions.end(tx);
        context.events().add(tx, actor, EventType.PASSWORD_CHANGED, null, id, details);
    }

    /** Voids pending password resets after the password or the email address changed. */
    public static void forgetResets(Transaction tx, UserId user) {
        Records<PasswordReset> resets = tx.records(RecordTypes.PASSWORD_RESETS);
        resets.list(Query.where(Filter.equal(PasswordReset.USER_ID, user))).forEach(each -> resets.delete(each.id()));
    }

    private void requireSelf(UserId id, String what) {
        User user = actor.user();
        if (user != null && !user.id().equals(id)) {
            throw actor.refused(what);
        }
    }

    @Override
    public User changeEmail(UserId id, String password, @Nullable String email) {
        requireSelf(id, "change the email address of another user");
        TextRules.email(email);
        if (!isPassword(id, password)) {
            throw SaasException.notAllowed(ErrorCodes.ACCESS_DENIED, "Access Denied");
        }
        return change(id, user -> user.toBuilder().email(email).build(), null, actor.servingItself());
    }

    @Override
    public User update(UserId id, UnaryOperator<User> change) {
        if (!actor.portal()) {
            // A portal account does not even find another one.
            actor.requireSelf(id, "change another account");
        }
        return change(id, change, null, actor);
    }

    @Override
    public User update(UserId id, UnaryOperator<User> change, String newPassword) {
        actor.requireAdministrator("set the password of another user");
        String login = login(change.apply(get(id)).login());
        return change(id, change, hash(login, newPassword), actor);
    }

    /** @param hash null: the password stays */
    private User change(UserId id, UnaryOperator<User> change, @Nullable String hash, Actor by) {
        boolean staysSignedIn =
                hash == null && find(id).map(change).map(User::active).orElse(true);
        AccountSessions sessions =
                staysSignedIn ? new AccountSessions(context, content.databases(), id) : sessionsOf(id);
        User changed;
        try {
            changed = work().transact(tx -> {
                User present = lockWithAdministrators(tx, id);
                User merged = merge(present, change.apply(present), by);
                if (!administers(merged)) {
                    requireAnotherAdministrator(tx, present);
                }
                tx.records(RecordTypes.USERS).update(merged);
                renameCustomer(tx, present, merged);
                if (!SupportRows.mayEnter(merged)) {
                    sessions.withdrawSupport(tx, by);
                }
                boolean promoted = present.portal() && !merged.portal();
                if (!merged.active()) {
                    sessions.end(tx);
                }
                if (!merged.active() || promoted) {
                    // A key with few rights, which another person may have made, must not get those of an operator.
                    ApiKeyUseCases.revokeAll(tx, SessionRows.MAIN, id.value(), context.now());
                }
                if (!merged.active() || !Objects.equals(merged.email(), present.email())) {
                    forgetResets(tx, id);
                }
                if (hash != null) {
                    storePassword(tx, id, hash, sessions, Map.of());
                }
                return merged;
            });
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? loginTaken("") : e;
        }
        forgetWhenStored(id, sessions);
        return changed;
    }

    /** Renames the customer with its account, if the account is its only user and both had the same name. */
    private static void renameCustomer(Transaction tx, User before, User after) {
        boolean renamed = !after.name().equals(before.name());
        if (renamed && tx.records(RecordTypes.USERS).count(Filter.equal(User.CUSTOMER_ID, after.customerId())) == 1) {
            tx.records(RecordTypes.CUSTOMERS)
                    .lock(after.customerId().value())
                    .filter(customer -> customer.name().equals(before.name()))
                    .ifPresent(customer -> tx.records(RecordTypes.CUSTOMERS)
                            .update(customer.toBuilder().name(after.name()).build()));
        }
    }

    private static boolean administers(User user) {
        return user.active() && user.administrator() && !user.login().equals(Actor.SYSTEM_LOGIN);
    }

    /**
     * Locks an account. If it is an administrator's, or one changes another account, all of them are locked first, in
     * the order of their numbers: of two that take each other's rights away at the same time, one fails.
     *
     * @throws SaasException {@code access.not-allowed} if an administrator acts who is one no more
     */
    private User lockWithAdministrators(Transaction tx, UserId id) {
        Records<User> users = tx.records(RecordTypes.USERS);
        User acting = actor.administrator() ? actor.user() : null;
        if (acting != null && !acting.id().equals(id)) {
            lockAdministrators(tx);
            requireStillAdministrator(tx, acting.id());
        } else if (users.find(id.value()).filter(AccountUseCases::administers).isPresent()) {
            lockAdministrators(tx);
        }
        return lock(tx, id);
    }

    private static void lockAdministrators(Transaction tx) {
        administrators(tx)
                .forEach(each -> tx.records(RecordTypes.USERS).lock(each.id().value()));
    }

    private void requireStillAdministrator(Transaction tx, UserId acting) {
        if (tx.records(RecordTypes.USERS)
                .lock(acting.value())
                .filter(each -> each.active() && each.administrator())
                .isEmpty()) {
            throw actor.refused("change accounts");
        }
    }

    private static List<User> administrators(Transaction tx) {
        return tx
                .records(RecordTypes.USERS)
                .list(Query.where(Filter.and(
                                Filter.equal(User.ROLE, Role.ADMINISTRATOR), Filter.equal(User.ACTIVE, true)))
                        .orderBy(User.ID))
                .stream()
                .filter(AccountUseCases::administers)
                .toList();
    }

    /**
     * Refuses to take the rights of an account away that is an administrator's, if no one else could give them back.
     *
     * @throws SaasException {@code account.in-use}
     */
    private void requireAnotherAdministrator(Transaction tx, User user) {
        if (!administers(user)) {
            return;
        }
        User acting = actor.user();
        if (acting != null && acting.id().equals(user.id())) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE,
                    "You cannot delete your own account, set it inactive or give it another role; ask another"
                            + " administrator.");
        }
        if (administrators(tx).stream().allMatch(each -> each.id().equals(user.id()))) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE,
                    "User " + user.id() + " is the last active administrator, so it cannot be deleted, set inactive or"
                            + " given another role; appoint another administrator first.");
        }
    }

    private static User merge(User present, User wanted, Actor by) {
        boolean rights = !wanted.login().equals(present.login())
                || wanted.role() != present.role()
                || wanted.active() != present.active();
        if (rights && !by.administrator()) {
            throw by.refused("change the login, role or activity of a user");
        }
        if (!by.administrator() && !Objects.equals(TextRules.email(wanted.email()), present.email())) {
            throw by.refused("change the email address of a user without that user's current password");
        }
        if (present.login().equals(Actor.SYSTEM_LOGIN) && rights) {
            throw SaasException.conflict(
                    ErrorCodes.ACCOUNT_IN_USE,
                    "User " + present.id() + " belongs to the system and cannot be changed.");
        }
        return new User(
                present.id(),
                login(wanted.login()),
                TextRules.name(wanted.name(), ErrorCodes.ACCOUNT_INVALID, "A user"),
                TextRules.email(wanted.email()),
                wanted.role(),
                wanted.active(),
                present.customerId(),
                TextRules.lang(wanted.lang(), ErrorCodes.ACCOUNT_INVALID),
                TextRules.zone(wanted.tz(), ErrorCodes.ACCOUNT_INVALID),
                present.createdAt(),
                present.lastLoginAt(),
                present.erasureRequestedAt());
    }

    @Override
    public void delete(UserId id) {
        actor.requireAdministrator("delete users");
        AccountSessions sessions = new AccountSessions(context, content.databases(), id);
        work().transact(tx -> {
            User user = lockWithAdministrators(tx, id);
            requireAnotherAdministrator(tx, user);
            Filter<StoredTenant> owned = Filter.and(Filter.equal(StoredTenant.OWNER_ID, id), TenantRows.WITH_DATABASE);
            if (user.login().equals(Actor.SYSTEM_LOGIN)
                    || tx.records(RecordTypes.TENANTS).count(owned) > 0) {
                throw SaasException.conflict(
                        ErrorCodes.ACCOUNT_IN_USE,
                        "User " + id + " owns a tenant or belongs to the system, so it cannot be deleted;"
                                + " set it inactive instead.");
            }
            for (TeamMember each : TeamRows.of(tx, id)) {
                requireOwnerStays(tx, each);
            }
            sessions.withdrawSupport(tx, actor);
            remove(tx, id);
            return null;
        });
        forgetWhenStored(id, sessions);
    }

    /** A customer with other accounts, in its team or not, must not be left without an owner. */
    private static void requireOwnerStays(Transaction tx, TeamMember member) {
        TeamRows.lock(tx, member.customerId());
        Filter<User> others = Filter.and(
                Filter.equal(User.CUSTOMER_ID, member.customerId()), Filter.notEqual(User.ID, member.userId()));
        if (TeamRows.of(tx, member.customerId()).size() > 1
                || tx.records(RecordTypes.USERS).count(others) > 0) {
            TeamRows.requireAnotherOwner(tx, member);
        }
    }

    /** Removes an account with everything that signs it in. */
    public static void remove(Transaction tx, UserId id) {
        removeSecrets(tx, id);
        tx.records(RecordTypes.TEAM_MEMBERS).deleteAll(Filter.equal(TeamMember.USER_ID, id));
        tx.records(RecordTypes.USERS).delete(id.value());
    }

    /** Removes everything that signs an account in at the main database. */
    public static void removeSecrets(Transaction tx, UserId id) {
        forgetResets(tx, id);
        SessionRows.closeAll(tx, SessionRows.MAIN, id.value());
        ApiKeyUseCases.removeAll(tx, SessionRows.MAIN, id.value());
        AccountFactors.remove(tx, id);
        PasskeyCeremonies.removeAll(tx, id);
        IdentityRows.removeAll(tx, id);
        CredentialRows.setPasswordHash(tx, id.value(), null);
    }
}
