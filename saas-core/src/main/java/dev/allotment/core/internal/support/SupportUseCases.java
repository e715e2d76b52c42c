// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.support;

import dev.allotment.CustomerId;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Door;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.Secrets;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TeamRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessId;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import dev.allotment.support.SupportRight;
import dev.allotment.support.SupportSession;
import dev.allotment.support.SupportSetting;
import dev.allotment.support.SupportUse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Requests for support access and their answers. Leaves sessions to {@link SupportSessions}. */
public final class SupportUseCases extends RecordLookup<SupportAccessId, SupportAccess> implements SupportAccesses {
    private static final String PATH = "/saas_client/support?access_token=";

    private final CoreContext context;
    private final ServerRegistry servers;
    private final TenantHosts tenantHosts;
    private final SupportMembers members;
    private final SupportLogins logins;
    private final SupportSessions sessions;
    private final Actor actor;

    SupportUseCases(
            CoreContext context,
            ServerRegistry servers,
            TenantHosts tenantHosts,
            SupportMembers members,
            SupportLogins logins,
            SupportSessions sessions,
            Actor actor) {
        super(context.work(), RecordTypes.SUPPORT_ACCESSES, "Support access");
        this.context = context;
        this.servers = servers;
        this.tenantHosts = tenantHosts;
        this.members = members;
        this.logins = logins;
        this.sessions = sessions;
        this.actor = actor;
    }

    @Override
    protected long number(SupportAccessId id) {
        return id.value();
    }

    @Override
    protected Filter<SupportAccess> visible(Transaction tx) {
        Filter<SupportAccess> visible = actor.visible(SupportAccess.CUSTOMER_ID);
        return actor.limited() || actor.scope().plan() != null
                ? Filter.and(visible, Filter.in(SupportAccess.TENANT_ID, TenantLookup.visibleIds(actor, tx)))
                : visible;
    }

    @Override
    protected SupportAccess shown(SupportAccess record) {
        return record.at(context.now());
    }

    @Override
    public SupportAccess request(NewSupportAccess wanted) {
        User operator = operator("request support access");
        String reason = reason(wanted.reason());
        String member = member(wanted);
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(wanted.tenant());
        if (wanted.right() == SupportRight.LOOK && servers.hasLogins(tenant.serverId())) {
            // So that no customer has to answer what cannot be done.
            var unused = Abilities.readOnlyLogins(servers.databases(tenant.serverId()));
        }
        return context.catalog().transact(tx -> {
            // All requests for a tenant wait for each other, and for a change of its customer.
            StoredTenant locked = TenantRows.lock(tx, tenant.id().value());
            CustomerId customer = customer(locked);
            Instant now = context.now();
            requireNoneOpen(tx, operator, wanted, now);
            SupportAccess stored = tx.records(RecordTypes.SUPPORT_ACCESSES)
                    .insert(new SupportAccess(
                            new SupportAccessId(0),
                            customer,
                            locked.id(),
                            operator.id(),
                            operator.name(),
                            wanted.right(),
                            member,
                            reason,
                            SupportAccessState.PENDING,
                            false,
                            now,
                            null,
                            null,
                            now.plus(PENDING),
                            null));
            SupportRows.record(
                    context,
                    tx,
                    actor,
                    EventType.SUPPORT_ACCESS_REQUESTED,
                    stored,
                    Map.of("expiresAt", stored.expiresAt().toString()));
            return answeredByStanding(tx, stored, now);
        });
    }

    private SupportAccess answeredByStanding(Transaction tx, SupportAccess stored, Instant now) {
        SupportSetting setting = SupportRows.setting(tx, stored.customerId());
        if (setting == null || setting.answer() == SupportAnswer.ASK) {
            return stored;
        }
        boolean granted = setting.answer() == SupportAnswer.GRANT;
        SupportAccess answered = stored.answered(
                granted ? SupportAccessState.GRANTED : SupportAccessState.REFUSED,
                null,
                true,
                now,
                granted ? now.plus(Duration.ofHours(setting.hours())) : stored.expiresAt());
        changeAnswered(tx, answered);
        return answered;
    }

    private void changeAnswered(Transaction tx, SupportAccess answered) {
        SupportRows.change(
                context,
                tx,
                actor,
                answered,
                answered.standing()
                        ? Map.of("expiresAt", answered.expiresAt().toString(), "standing", "true")
                        : Map.of("expiresAt", answered.expiresAt().toString()));
    }

    /** An operator is a person, so that the customer knows who it was. */
    private User operator(String what) {
        User user = actor.user();
        if (user == null) {
            throw actor.refused(what + " as the embedder: act as the account of an operator");
        }
        if (!SupportRows.mayEnter(user)) {
            throw actor.refused(what);
        }
        return user;
    }

    private static String reason(String text) {
        String reason = text.strip();
        if (reason.isEmpty()
                || reason.codePointCount(0, reason.length()) > NewSupportAccess.MAX_REASON
                || TextRules.hasControl(reason)) {
            throw invalid("needs a reason for the customer: a line of at most " + NewSupportAccess.MAX_REASON
                    + " characters; found " + TextRules.describe(reason));
        }
        return reason;
    }

    private static @Nullable String member(NewSupportAccess wanted) {
        @Nullable String member = wanted.member();
        String login = member == null ? null : TextRules.normalLogin(member);
        if (login != null && (login.isEmpty() || login.length() > TextRules.MAX_LOGIN || TextRules.hasControl(login))) {
            throw invalid("names the member by its login; found " + TextRules.describe(login));
        }
        if (wanted.right() == SupportRight.MEMBER && login == null) {
            throw invalid("as a member needs the login of the member");
        }
        if (wanted.right() == SupportRight.ADMINISTRATOR && login != null) {
            throw invalid("as the administrator of the database names no member; found " + TextRules.describe(login));
        }
        return login;
    }

    private static SaasException invalid(String what) {
        return SaasException.invalid(ErrorCodes.SUPPORT_INVALID, "Support access " + what + ".");
    }

    private static CustomerId customer(StoredTenant tenant) {
        TenantRows.requireState(tenant, "entered by support", TenantState.OPEN, TenantState.SUSPENDED);
        CustomerId customer = tenant.customerId();
        if (customer == null) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_STATE,
                    "Database \"" + tenant.name() + "\" belongs to no customer that could grant access to it.");
        }
        return customer;
    }

    private void requireNoneOpen(Transaction tx, User operator, NewSupportAccess wanted, Instant now) {
        Filter<SupportAccess> same = Filter.and(
                SupportRows.OPEN,
                Filter.equal(SupportAccess.OPERATOR_ID, operator.id()),
                Filter.equal(SupportAccess.TENANT_ID, wanted.tenant()),
                Filter.equal(SupportAccess.RIGHT, wanted.right()),
                Filter.compare(SupportAccess.EXPIRES_AT, Filter.Operator.GREATER, now));
        tx.records(RecordTypes.SUPPORT_ACCESSES).list(Query.where(same)).stream()
                .findFirst()
                .ifPresent(each -> {
                    throw new SaasException(
                            ErrorCategory.CONFLICT,
                            ErrorCodes.SUPPORT_ALREADY_REQUESTED,
                            "You have requested this before: support access " + each.id() + " is "
                                    + each.state().name().toLowerCase(Locale.ROOT)
                                    + ". Withdraw it first if you need another one.",
                            Map.of(
                                    "supportAccess",
                                    each.id().toString(),
                                    "state",
                                    each.state().name()),
                            false,
                            null);
                });
    }

    @Override
    public SupportAccess withdraw(SupportAccessId id) {
        actor.requireAdministrator("withdraw a request for support access");
        SupportAccess ended = context.catalog().transact(tx -> {
            SupportAccess present = lock(tx, id).at(context.now());
            SupportRows.requireNext(present, SupportAccessState.WITHDRAWN);
            SupportAccess withdrawn = present.ended(SupportAccessState.WITHDRAWN, context.now());
            SupportRows.change(context, tx, actor, withdrawn, Map.of());
            return withdrawn;
        });
        endLogins(id);
        return ended;
    }

    /** After the catalog knows the end, so that no new ones are created. */
    private void endLogins(SupportAccessId id) {
        logins.end(Filter.equal(StoredSupportUse.ACCESS_ID, id));
    }

    @Override
    public SupportAccess grant(SupportAccessId id, int hours) {
        requireHours(hours);
        return answer(id, SupportAccessState.GRANTED, hours);
    }

    @Override
    public SupportAccess refuse(SupportAccessId id) {
        return answer(id, SupportAccessState.REFUSED, 0);
    }

    private SupportAccess answer(SupportAccessId id, SupportAccessState state, int hours) {
        return context.catalog().transact(tx -> {
            SupportAccess present = lockAsTeam(tx, id);
            SupportRows.requireNext(present, state);
            boolean granted = state == SupportAccessState.GRANTED;
            if (granted) {
                requireSameCustomer(TenantRows.lock(tx, present.tenantId().value()), present);
            }
            Instant now = context.now();
            SupportAccess answered = present.answered(
                    state,
                    actor.userId(),
                    false,
                    now,
                    granted ? now.plus(Duration.ofHours(hours)) : present.expiresAt());
            changeAnswered(tx, answered);
            return answered;
        });
    }

    private static void requireSameCustomer(StoredTenant tenant, SupportAccess access) {
        if (!customer(tenant).equals(access.customerId())) {
            throw SaasException.conflict(
                    ErrorCodes.TENANT_STATE,
                    "Database \"" + tenant.name() + "\" belongs to another customer since access to it was requested.");
        }
    }

    private static void requireHours(int hours) {
        if (hours < MIN_HOURS || hours > MAX_HOURS) {
            throw invalid("is granted for " + MIN_HOURS + " to " + MAX_HOURS + " hours; found " + hours);
        }
    }

    @Override
    public SupportAccess revoke(SupportAccessId id) {
        SupportAccess ended = context.catalog().transact(tx -> {
            SupportAccess present = lockAsTeam(tx, id);
            SupportRows.requireNext(present, SupportAccessState.REVOKED);
            SupportAccess revoked = present.ended(SupportAccessState.REVOKED, context.now());
            SupportRows.change(context, tx, actor, revoked, Map.of());
            return revoked;
        });
        endLogins(id);
        return ended;
    }

    /** The access, locked for an account that may answer for its customer at this moment. */
    private SupportAccess lockAsTeam(Transaction tx, SupportAccessId id) {
        requireTeam(tx, get(tx, id).customerId());
        return lock(tx, id).at(context.now());
    }

    /** Locks the customer, so that the account does not lose its role meanwhile. */
    private void requireTeam(Transaction tx, CustomerId customer) {
        if (!actor.portal()) {
            throw actor.refused("answer for a customer: only accounts in its team can");
        }
        TeamRows.lock(tx, customer);
        Actor present = Door.present(tx, actor);
        if (present.member() == null
                || !present.member().customerId().equals(customer)
                || !present.member().may(Permission.MANAGE_TEAM)) {
            throw actor.refused("answer for this customer");
        }
    }

    @Override
    public List<SupportUse> uses(SupportAccessId id) {
        return context.catalog().transact(tx -> {
            SupportAccess access = shown(get(tx, id));
            Query<StoredSupportUse> opened = Query.where(Filter.and(
                            Filter.equal(StoredSupportUse.ACCESS_ID, id),
                            Filter.notEqual(StoredSupportUse.OPENED_AT, null)))
                    .orderByDescending(StoredSupportUse.ID);
            return tx.records(RecordTypes.SUPPORT_USES).list(opened).stream()
                    .map(each -> use(each, access))
                    .toList();
        });
    }

    private SupportUse use(StoredSupportUse stored, SupportAccess access) {
        Instant opened = Objects.requireNonNullElse(stored.openedAt(), stored.createdAt());
        Instant used = Objects.requireNonNullElse(stored.usedAt(), opened);
        Instant ended = stored.endedAt();
        if (ended == null) {
            Instant idle = used.plus(IDLE);
            ended = access.endedAt() != null ? access.endedAt() : context.now().isBefore(idle) ? null : idle;
        }
        return new SupportUse(stored.id(), stored.accessId(), stored.memberLogin(), opened, used, ended);
    }

    @Override
    public SupportSetting setting() {
        CustomerId customer = actingFor();
        return context.catalog().transact(tx -> {
            SupportSetting stored = SupportRows.setting(tx, customer);
            return stored != null
                    ? stored
                    : new SupportSetting(0, customer, SupportAnswer.ASK, DEFAULT_HOURS, null, null);
        });
    }

    private CustomerId actingFor() {
        CustomerId customer = actor.customer();
        if (customer == null || actor.scope().plan() != null) {
            throw TeamRows.missing(Objects.requireNonNullElse(customer, new CustomerId(0)));
        }
        return customer;
    }

    @Override
    public SupportSetting set(SupportAnswer answer, int hours) {
        requireHours(hours);
        CustomerId customer = actingFor();
        if (actor.limited()) {
            throw actor.refused("set an answer for all databases of the customer, since you cannot see all of them");
        }
        return context.catalog().transact(tx -> {
            requireTeam(tx, customer);
            SupportSetting present = SupportRows.setting(tx, customer);
            SupportSetting wanted = new SupportSetting(
                    present == null ? 0 : present.id(), customer, answer, hours, actor.userId(), context.now());
            SupportSetting stored = wanted;
            if (present == null) {
                stored = tx.records(RecordTypes.SUPPORT_SETTINGS).insert(wanted);
            } else {
                tx.records(RecordTypes.SUPPORT_SETTINGS).update(wanted);
            }
            TeamRows.record(
                    context,
                    tx,
                    actor,
                    EventType.SUPPORT_SETTING_CHANGED,
                    customer,
                    Map.of("answer", answer.name(), "hours", Integer.toString(hours)));
            return stored;
        });
    }

    @Override
    public SignInLink open(SupportAccessId id) {
        User operator = operator("enter a tenant for support");
        SupportAccess access = get(id);
        requireOperator(access, operator);
        requireGranted(access);
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(access.tenantId());
        TenantRows.requireState(tenant, "entered", TenantState.OPEN);
        requireSameCustomer(tenant, access);
        Member member = members.of(tenant, access);
        String secret = context.secrets().next();
        Instant until = context.now().plus(LINK_LIFE);
        context.catalog().transact(tx -> {
            SupportAccess locked = shown(lock(tx, id));
            requireGranted(locked);
            return tx.records(RecordTypes.SUPPORT_USES)
                    .insert(new StoredSupportUse(
                            0,
                            id,
                            tenant.id(),
                            operator.id(),
                            member.id(),
                            member.login(),
                            tenant.replacements(),
                            Secrets.hash(secret),
                            context.now(),
                            until,
                            null,
                            null,
                            null,
                            ""));
        });
        return new SignInLink(secret, URI.create(tenantHosts.publicUrl(tenant) + PATH + secret), until);
    }

    private void requireOperator(SupportAccess access, User operator) {
        if (!access.operatorId().equals(operator.id())) {
            throw actor.refused("use the support access of another operator. Request your own");
        }
    }

    private static void requireGranted(SupportAccess access) {
        if (access.state() != SupportAccessState.GRANTED) {
            throw SupportRows.state(access, "cannot be used");
        }
    }

    @Override
    public Optional<Opened> redeem(String database, String token) {
        return sessions.redeem(database, token);
    }

    @Override
    public Optional<SupportSession> findSession(String secret) {
        return sessions.find(secret);
    }

    @Override
    public void closeSession(String secret) {
        sessions.close(secret);
    }

    @Override
    public DatabaseLogin readingLogin(String secret) {
        return sessions.readingLogin(secret);
    }
}
