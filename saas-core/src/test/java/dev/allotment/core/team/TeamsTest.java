// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.team;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.Access;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredInvitation;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationId;
import dev.allotment.team.InvitationState;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Team;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teammate;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TeamsTest {
    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.saas;
    private final User ann = fixture.signUp("ann@example.com");
    private final CustomerId customer = ann.customerId();
    private final User eve = fixture.signUp("eve@example.com");
    private final Plan plan = fixture.plan(
            Plan.builder("Shop").dbNameTemplate("shop-%i.example.com").published(true));
    private final Saas owner = host.actingAs(ann.id());
    private final Saas stranger = host.actingAs(eve.id());

    @AfterEach
    void close() {
        fixture.close();
    }

    private User member(String login, TeamRole role) {
        return host.accounts()
                .create(NewUser.builder(login, "Someone")
                        .password(Fixture.PASSWORD)
                        .customerId(customer)
                        .teamRole(role)
                        .build());
    }

    private Tenant tenant(User of, String name) {
        return host.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(of)
                        .customer(customer)
                        .name(name + ".example.com")
                        .build())
                .tenant();
    }

    private String secret(SentInvitation sent) {
        return Objects.requireNonNull(sent.secret());
    }

    private String emailed(String email) {
        return Objects.requireNonNull(
                owner.teams().invite(NewInvitation.of(email, TeamRole.MEMBER)).emailedSecret());
    }

    private String invited(String email, TeamRole role) {
        return secret(owner.teams().invite(NewInvitation.of(email, role)));
    }

    private <R extends Record> List<R> stored(RecordType<R> type) {
        return fixture.storage.catalog().transact(tx -> tx.records(type).list(Query.all()));
    }

    private List<TeamRole> roles() {
        return owner.teams().members().stream()
                .map(each -> each.member().role())
                .toList();
    }

    private List<Event> events(EventType type) {
        return host.events().list(Query.where(Filter.equal(Event.TYPE, type)));
    }

    @Test
    void aNewAccountOwnsItsCustomer() {
        assertThat(owner.teams().mine())
                .singleElement()
                .extracting(team -> team.member().role(), Team::customer, Team::home)
                .containsExactly(TeamRole.OWNER, "Client Name", true);
        assertThat(member("bob@example.com", TeamRole.READER).customerId()).isEqualTo(customer);
        assertThat(roles()).containsExactly(TeamRole.OWNER, TeamRole.READER);
        assertThat(NewUser.builder("a", "b").build().teamRole()).isEqualTo(TeamRole.READER);
    }

    @Test
    void anAccountActsForSeveralCustomers() {
        Tenant shop = tenant(ann, "shop");
        TeamMember joined = stranger.teams().accept(invited("EVE@example.com ", TeamRole.MEMBER), false);

        assertThat(joined.role()).isEqualTo(TeamRole.MEMBER);
        assertThat(stranger.tenants().find(shop.id()))
                .as("acts for its own customer")
                .isEmpty();
        Saas there = stranger.actingFor(customer);
        assertThat(there.tenants().list(Query.all())).extracting(Tenant::id).containsExactly(shop.id());
        assertThat(there.selfService().rename(shop.id(), "market").name()).isEqualTo("market.example.com");
        assertRefusal(() -> there.access().issue(shop.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> there.selfService().delete(shop.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(stranger.teams().mine()).extracting(Team::home).containsExactly(true, false);
    }

    @Test
    void aReaderChangesNothingAndBillingSeesNoDatabase() {
        Tenant shop = tenant(ann, "shop");
        Saas reader =
                host.actingAs(member("reader@example.com", TeamRole.READER).id());
        Saas billing =
                host.actingAs(member("billing@example.com", TeamRole.BILLING).id());

        assertThat(reader.tenants().get(shop.id())).isNotNull();
        assertRefusal(() -> reader.selfService().rename(shop.id(), "market")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> reader.selfService().start(plan.id(), null, null)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> reader.usage().list(Query.all())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(billing.usage().list(Query.all())).isNotNull();
        assertRefusal(() -> billing.backups().list(shop.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> billing.async().prepareExport(shop.id(), null)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void aMembersNewTenantBelongsToTheCustomerThatItActsFor() {
        stranger.teams().accept(invited("eve@example.com", TeamRole.MEMBER), false);

        stranger.actingFor(customer).selfService().start(plan.id(), "made", null);
        host.maintenance().run();

        Tenant made = host.tenants().findByName("made.example.com").orElseThrow();
        assertThat(made.customerId()).isEqualTo(customer);
        assertThat(made.ownerId()).isEqualTo(eve.id());
    }

    @Test
    void anotherCustomerDoesNotExist() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        InvitationId invitation = Objects.requireNonNull(owner.teams()
                        .invite(NewInvitation.of("x@example.com", TeamRole.READER))
                        .invitation())
                .id();

        assertRefusal(() -> stranger.actingFor(customer)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.actingFor(new CustomerId(999))).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.teams().remove(bob.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.teams().change(bob.id(), TeamRole.OWNER, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.teams().handOver(ann.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.teams().revoke(invitation)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.teams().resend(invitation)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(stranger.teams().invitations()).isEmpty();
        assertThat(stranger.teams().members()).extracting(Teammate::login).containsExactly(eve.login());
    }

    @Test
    void aViewIsWorthNothingAfterTheRemoval() {
        Tenant shop = tenant(ann, "shop");
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);
        Saas view = host.actingAs(bob.id());
        Saas other = host.actingAs(bob.id()).actingFor(customer);
        Teams teams = view.teams();
        assertThat(view.tenants().get(shop.id())).isNotNull();

        owner.teams().remove(bob.id());

        assertRefusal(() -> view.tenants().get(shop.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> other.selfService().rename(shop.id(), "x-x")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.invite(NewInvitation.of("bob@example.com", TeamRole.OWNER)))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> view.actingFor(customer)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(view.accounts().get(bob.id())).isNotNull();
        assertThat(view.teams().mine()).isEmpty();
        assertThat(events(EventType.TEAM_MEMBER_REMOVED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("account", bob.id().toString())
                        .containsEntry("customer", customer.toString()));
    }

    @Test
    void anInactiveAccountIsRefusedInAnOldView() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Saas view = host.actingAs(bob.id());
        host.accounts().update(bob.id(), each -> each.toBuilder().active(false).build());

        assertRefusal(() -> view.tenants().list(Query.all())).isEqualTo(ErrorCodes.ACCESS_DENIED);
    }

    @Test
    void aRemovalEndsSessionsAndKeys() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Saas view = host.actingAs(bob.id());
        view.teams().accept(secret(stranger.teams().invite(NewInvitation.of(bob.login(), TeamRole.READER))), false);
        String home = host.access().openSession(host.mainDatabase(), bob.id().value());
        String elsewhere =
                host.access().openSession(host.mainDatabase(), bob.id().value());
        view.access().switchCustomer(elsewhere, eve.customerId());
        String all = key(view, ApiKeyScope.EVERYTHING);
        String there = key(view, ApiKeyScope.ofCustomer(eve.customerId()));
        assertRefusal(() -> key(
                        view,
                        ApiKeyScope.ofCustomer(fixture.signUp("z@example.com").customerId())))
                .isEqualTo(ErrorCodes.API_KEY_INVALID);

        owner.teams().remove(bob.id());

        assertThat(host.access().findSession(home)).isEmpty();
        assertThat(host.access().findSession(elsewhere))
                .get()
                .extracting(Access.Session::customer)
                .isEqualTo(eve.customerId());
        assertThat(host.apiKeys().authenticate(all, null)).isEmpty();
        ApiKeyHolder holder = host.apiKeys().authenticate(there, null).orElseThrow();
        assertThat(host.actingAs(holder, null).teams().customer()).contains(eve.customerId());
        assertThat(host.accounts().get(bob.id()).customerId())
                .as("acts for the other one now")
                .isEqualTo(eve.customerId());
    }

    private String key(Saas view, ApiKeyScope scope) {
        return view.apiKeys()
                .create(new NewApiKey("key", scope, fixture.clock.instant().plus(Duration.ofDays(9))))
                .secret();
    }

    @Test
    void aKeyReachesOneCustomerOnlyAndAnotherNodeKnowsNoRightsThatAreGone() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        String secret = key(host.actingAs(bob.id()), ApiKeyScope.ofCustomer(customer));
        try (Saas node = fixture.open(fixture.storage)) {
            ApiKeyHolder holder = node.apiKeys().authenticate(secret, null).orElseThrow();
            Saas keyed = node.actingAs(holder, null);
            assertThat(keyed.tenants().list(Query.all())).isEmpty();
            assertRefusal(() -> keyed.actingFor(eve.customerId())).isEqualTo(ErrorCodes.RECORD_MISSING);

            owner.teams().remove(bob.id());

            assertRefusal(() -> keyed.tenants().list(Query.all())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> node.actingAs(holder, null).tenants().list(Query.all()))
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }

    @Test
    void onlyTheAccountOfASessionSwitchesItAndOnlyToItsTeams() {
        String session = host.access().openSession(host.mainDatabase(), ann.id().value());

        assertRefusal(() -> stranger.access().switchCustomer(session, eve.customerId()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> owner.access().switchCustomer(session, eve.customerId()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> owner.access().switchCustomer("invented", customer)).isEqualTo(ErrorCodes.ACCESS_DENIED);
        owner.access().switchCustomer(session, customer);
        assertThat(host.access().findSession(session).orElseThrow().customer()).isEqualTo(customer);
    }

    @Test
    void tenantsOfARemovedMemberPassToAnOwner() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Tenant shop = tenant(bob, "shop");
        String token = host.actingAs(bob.id()).access().issue(shop.id()).token();
        Member former = host.access().redeem(shop.name(), token).orElseThrow().member();
        String session = host.access().openSession(shop.name(), former.id().value());
        String unused = host.actingAs(bob.id()).access().issue(shop.id()).token();

        owner.teams().remove(bob.id());

        assertThat(host.tenants().get(shop.id()).ownerId()).isEqualTo(ann.id());
        assertThat(host.access().findSession(session)).isEmpty();
        assertThat(host.access().redeem(shop.name(), unused)).isEmpty();
        assertThat(host.database(shop.name()).members().findByLogin(bob.login()))
                .isEmpty();
        Access.Redeemed entered = host.access()
                .redeem(shop.name(), owner.access().issue(shop.id()).token())
                .orElseThrow();
        assertThat(entered.member().login()).isEqualTo(ann.login());
    }

    @Test
    void aDatabaseThatIsDownDoesNotKeepAMember() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Tenant shop = tenant(bob, "shop");
        AtomicInteger refused = new AtomicInteger();
        fixture.backend.watch(step -> {
            if (step.equals("before transact")) {
                refused.incrementAndGet();
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server is down", null);
            }
        });

        owner.teams().remove(bob.id());
        fixture.backend.unwatch();

        assertThat(refused).hasValue(1);
        assertThat(host.tenants().get(shop.id()).ownerId()).isEqualTo(ann.id());
        assertThat(roles()).containsExactly(TeamRole.OWNER);
    }

    @Test
    void aRemovalThatDiesInBetweenIsRepeated() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Tenant shop = tenant(bob, "shop");
        fixture.backend.once("after transact", () -> {
            throw new IllegalStateException("The process dies");
        });

        assertThatThrownBy(() -> owner.teams().remove(bob.id())).isInstanceOf(IllegalStateException.class);

        assertThat(roles()).containsExactly(TeamRole.OWNER, TeamRole.MEMBER);
        assertThat(host.tenants().get(shop.id()).ownerId()).isEqualTo(bob.id());
        owner.teams().remove(bob.id());
        assertThat(host.tenants().get(shop.id()).ownerId()).isEqualTo(ann.id());
        assertThat(host.database(shop.name())
                        .members()
                        .findByLogin(ann.login())
                        .orElseThrow()
                        .owner())
                .isTrue();
    }

    @Test
    void theLastOwnerStays() {
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);

        assertRefusal(() -> owner.teams().leave()).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> owner.teams().remove(ann.id())).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> owner.teams().change(ann.id(), TeamRole.READER, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> owner.teams().change(ann.id(), TeamRole.OWNER, TenantLimit.OWNED))
                .isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> host.actingFor(customer).teams().remove(ann.id())).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> host.accounts().delete(ann.id())).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);

        assertThat(owner.teams().handOver(bob.id()).member().role()).isEqualTo(TeamRole.OWNER);
        assertThat(roles()).containsExactly(TeamRole.ADMINISTRATOR, TeamRole.OWNER);
        owner.teams().leave();
        host.accounts().delete(ann.id());
        assertThat(host.actingFor(customer).teams().members())
                .extracting(Teammate::login)
                .containsExactly(bob.login());
    }

    @Test
    void anInactiveOwnerDoesNotCountAsAnotherOne() {
        User bob = member("bob@example.com", TeamRole.OWNER);
        host.accounts().update(bob.id(), each -> each.toBuilder().active(false).build());

        assertRefusal(() -> owner.teams().handOver(bob.id())).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
        assertRefusal(() -> owner.teams().leave()).isEqualTo(ErrorCodes.TEAM_LAST_OWNER);
    }

    @Test
    void ofTwoOwnersThatDemoteEachOtherOneStays() {
        for (int round = 0; round < 10; round++) {
            User bob = member(round + "@example.com", TeamRole.OWNER);
            Teams hers = host.actingAs(ann.id()).teams();
            Teams his = host.actingAs(bob.id()).teams();

            List<Result<Teammate>> results = Concurrently.run(
                    2,
                    i -> i == 0
                            ? hers.change(bob.id(), TeamRole.READER, TenantLimit.ALL)
                            : his.change(ann.id(), TeamRole.READER, TenantLimit.ALL));

            assertThat(results).filteredOn(each -> each.value() != null).hasSize(1);
            assertThat(host.actingFor(customer).teams().members())
                    .filteredOn(each -> each.member().owner())
                    .hasSize(1);
            Teams all = host.actingFor(customer).teams();
            all.change(ann.id(), TeamRole.OWNER, TenantLimit.ALL);
            all.remove(bob.id());
        }
    }

    @Test
    void anAdministratorDoesNotTouchOwnersNorRise() {
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);
        User reader = member("reader@example.com", TeamRole.READER);
        Teams teams = host.actingAs(bob.id()).teams();

        assertRefusal(() -> teams.change(bob.id(), TeamRole.OWNER, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.change(reader.id(), TeamRole.OWNER, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.change(ann.id(), TeamRole.READER, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.remove(ann.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.handOver(bob.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.invite(NewInvitation.of("x@example.com", TeamRole.OWNER)))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        InvitationId ofOwner = Objects.requireNonNull(owner.teams()
                        .invite(NewInvitation.of("o@example.com", TeamRole.OWNER))
                        .invitation())
                .id();
        assertRefusal(() -> teams.resend(ofOwner)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> teams.invite(NewInvitation.of("o@example.com", TeamRole.READER)))
                .as("replaces that of an owner")
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(teams.change(reader.id(), TeamRole.ADMINISTRATOR, TenantLimit.ALL)
                        .member()
                        .role())
                .isEqualTo(TeamRole.ADMINISTRATOR);
        teams.remove(reader.id());
    }

    @Test
    void aLimitedMemberSeesItsTenantsOnlyAndGrantsNoOthers() {
        Tenant shop = tenant(ann, "shop");
        Tenant hidden = tenant(ann, "hidden");
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);
        TenantLimit limit = TenantLimit.of(List.of(shop.id()));
        owner.teams().change(bob.id(), TeamRole.ADMINISTRATOR, limit);
        Saas view = host.actingAs(bob.id());
        User all = member("all@example.com", TeamRole.READER);

        assertThat(view.tenants().list(Query.all())).extracting(Tenant::id).containsExactly(shop.id());
        assertRefusal(() -> view.tenants().get(hidden.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> view.selfService().rename(hidden.id(), "x-x")).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> view.selfService().delete(hidden.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> view.backups().list(hidden.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> view.async().prepareExport(hidden.id(), null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(view.webhooks().list(Query.all())).isEmpty();
        assertRefusal(() -> view.teams().change(bob.id(), TeamRole.ADMINISTRATOR, TenantLimit.ALL))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> view.teams().remove(all.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> view.teams()
                        .invite(NewInvitation.of("x@example.com", TeamRole.READER)
                                .limitedTo(List.of(hidden.id()))))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        view.teams().invite(NewInvitation.of("x@example.com", TeamRole.READER).limitedTo(List.of(shop.id())));
        Tenant theirs = tenant(bob, "theirs");
        assertThat(view.tenants().find(theirs.id())).as("it owns it").isPresent();
    }

    @Test
    void aLimitOutlivesItsTenants() {
        Tenant shop = tenant(ann, "shop");
        Tenant other = tenant(ann, "other");
        User bob = member("bob@example.com", TeamRole.READER);
        owner.teams().change(bob.id(), TeamRole.READER, TenantLimit.of(List.of(shop.id())));
        host.tenants().purge(shop.id());

        assertThat(host.actingAs(bob.id()).tenants().find(other.id())).isEmpty();
        assertRefusal(() -> owner.teams().change(bob.id(), TeamRole.READER, TenantLimit.of(List.of(new TenantId(999)))))
                .isEqualTo(ErrorCodes.TEAM_INVALID);
    }

    @Test
    void aChangeSeesWhatIsStoredAndIsUndoneIfItFails() {
        Tenant shop = tenant(ann, "shop");
        User bob = member("bob@example.com", TeamRole.MEMBER);
        TenantLimit limit = TenantLimit.of(List.of(shop.id()));
        owner.teams().change(bob.id(), TeamRole.MEMBER, limit);

        Teammate changed = owner.teams()
                .update(
                        bob.id(),
                        seen -> seen.with(TeamRole.READER, seen.member().tenants()));

        assertThat(changed.login()).isEqualTo(bob.login());
        assertThat(changed.member().role()).isEqualTo(TeamRole.READER);
        assertThat(changed.member().tenants()).isEqualTo(limit);
        assertThatThrownBy(() -> owner.teams().update(bob.id(), seen -> {
                    throw new IllegalStateException("not as it was seen");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertRefusal(() -> owner.teams().update(eve.id(), seen -> seen)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> host.actingAs(bob.id()).teams().update(bob.id(), seen -> {
                    throw new AssertionError("shown to a reader");
                }))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void aRoleChangesWhileATenantOfTheLimitHasAnotherCustomer() {
        Tenant shop = tenant(ann, "shop");
        User bob = member("bob@example.com", TeamRole.MEMBER);
        owner.teams().change(bob.id(), TeamRole.MEMBER, TenantLimit.of(List.of(shop.id())));
        host.tenants()
                .update(
                        shop.id(),
                        each -> each.toBuilder().customerId(eve.customerId()).build());

        owner.teams()
                .update(
                        bob.id(),
                        seen -> seen.with(TeamRole.READER, seen.member().tenants()));

        assertThat(roles()).containsExactly(TeamRole.OWNER, TeamRole.READER);
        assertThat(host.actingAs(bob.id()).tenants().find(shop.id())).isEmpty();
    }

    @Test
    void aKeyForOnePlanReachesNoTeam() {
        User boss = fixture.administrator("boss@example.com");
        for (UserId each : List.of(ann.id(), boss.id())) {
            String secret = key(host.actingAs(each), ApiKeyScope.ofPlan(plan.id()));
            Saas keyed = host.actingAs(host.apiKeys().authenticate(secret, null).orElseThrow(), null);
            for (Teams teams : List.of(keyed.teams(), keyed.actingFor(customer).teams())) {
                assertRefusal(teams::members).isEqualTo(ErrorCodes.RECORD_MISSING);
                assertRefusal(teams::invitations).isEqualTo(ErrorCodes.RECORD_MISSING);
                assertRefusal(teams::leave).isEqualTo(ErrorCodes.RECORD_MISSING);
                assertRefusal(() -> teams.invite(NewInvitation.of("x@example.com", TeamRole.OWNER)))
                        .isEqualTo(ErrorCodes.RECORD_MISSING);
                assertRefusal(() -> teams.change(ann.id(), TeamRole.OWNER, TenantLimit.ALL))
                        .isEqualTo(ErrorCodes.RECORD_MISSING);
            }
        }
        assertThat(roles()).containsExactly(TeamRole.OWNER);
    }

    @Test
    void anInvitationIsForOneAddressAndCountsOnce() {
        String secret = invited("bob@example.com", TeamRole.MEMBER);
        assertThat(host.teams().inspect(secret).orElseThrow().customer()).isEqualTo("Client Name");
        assertRefusal(() -> stranger.teams().accept(secret, false)).isEqualTo(ErrorCodes.TEAM_OTHER_ADDRESS);
        assertRefusal(() -> host.teams().accept(secret, true)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);

        assertThat(stranger.teams().accept(secret, true).userId()).isEqualTo(eve.id());

        User bob = fixture.signUp("bob@example.com");
        assertRefusal(() -> host.actingAs(bob.id()).teams().accept(secret, false))
                .isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
        assertThat(host.teams().inspect(secret)).isEmpty();
        assertThat(owner.teams().invitations()).extracting(Invitation::state).containsExactly(InvitationState.ACCEPTED);
        assertThat(events(EventType.TEAM_INVITATION_ACCEPTED)).hasSize(1);
        assertThat(stored(RecordTypes.TEAM_INVITATIONS))
                .extracting(StoredInvitation::hash)
                .doesNotContain(secret);
    }

    private SignUp opening(String login) {
        return SignUp.builder(login, "Bob", Fixture.PASSWORD)
                .email("else@example.com")
                .build();
    }

    @Test
    void aPersonWithoutAnAccountOpensOneByItsInvitation() {
        host.parameters().set(Parameter.INVITATION_SCOPE, "b2b");
        long customers = host.customers().count(Filter.all());
        String secret = emailed("bob@example.com");
        assertRefusal(() -> host.teams().signUp(secret, opening("carl@example.com"), null))
                .isEqualTo(ErrorCodes.TEAM_OTHER_ADDRESS);
        assertRefusal(() -> host.teams().signUp("invented", opening("bob@example.com"), null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> host.teams()
                        .signUp(
                                secret,
                                SignUp.builder("bob@example.com", "Bob", "").build(),
                                null))
                .isEqualTo(ErrorCodes.ACCOUNT_INVALID);

        User bob = host.teams().signUp(secret, opening(" Bob@example.com"), "192.0.2.7");

        assertThat(bob.customerId()).isEqualTo(customer);
        assertThat(bob.email()).as("the address that the secret confirms").isEqualTo("bob@example.com");
        assertThat(host.customers().count(Filter.all()))
                .as("it owns no other one")
                .isEqualTo(customers);
        assertThat(host.accounts().authenticate("bob@example.com", Fixture.PASSWORD, null))
                .isPresent();
        assertThat(roles()).containsExactly(TeamRole.OWNER, TeamRole.MEMBER);
        assertThat(events(EventType.TEAM_MEMBER_ADDED)).singleElement().satisfies(event -> {
            assertThat(event.userId()).isNull();
            assertThat(event.actor()).isEqualTo("bob@example.com");
            assertThat(event.clientAddress()).isEqualTo("192.0.2.7");
        });
        assertRefusal(() -> host.teams().signUp(secret, opening("bob@example.com"), null))
                .isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
    }

    @Test
    void aPersonWhoInvitesCannotOpenTheAccountOfTheInvitedOne() {
        SentInvitation sent = owner.teams().invite(NewInvitation.of("bob@example.com", TeamRole.MEMBER));
        String emailed = Objects.requireNonNull(sent.emailedSecret());
        String other = emailed("carl@example.com");

        for (String forged : List.of(
                secret(sent),
                secret(sent) + ".",
                secret(sent) + other.substring(other.indexOf('.')),
                emailed.substring(0, emailed.length() - 1))) {
            assertRefusal(() -> host.teams().signUp(forged, opening("bob@example.com"), null))
                    .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertThat(host.teams().inspect(forged).orElseThrow().emailed()).isFalse();
        }

        assertThat(host.teams().inspect(emailed).orElseThrow().emailed()).isTrue();
        assertThat(host.teams()
                        .signUp(emailed, opening("bob@example.com"), null)
                        .login())
                .isEqualTo("bob@example.com");
    }

    @Test
    void aPersonWithAnAccountOpensNoOther() {
        String secret = emailed(eve.login());

        assertRefusal(() -> host.teams().signUp(secret, opening(eve.login()), null))
                .isEqualTo(ErrorCodes.ACCOUNT_LOGIN_TAKEN);

        assertThat(stranger.teams().accept(secret, false).userId()).isEqualTo(eve.id());
    }

    @Test
    void anInvitationOpensOneAccountIfItIsSentTwiceAtTheSameTime() {
        String secret = emailed("bob@example.com");

        List<Result<User>> results =
                Concurrently.run(2, i -> host.teams().signUp(secret, opening("bob@example.com"), null));

        assertThat(results).filteredOn(each -> each.value() != null).hasSize(1);
        assertThat(roles()).hasSize(2);
    }

    @Test
    void anInvitationIsAcceptedOnceByTwoAtTheSameTime() {
        String secret = invited("bob@example.com", TeamRole.MEMBER);
        User bob = fixture.signUp("bob@example.com");
        List<UserId> both = List.of(bob.id(), eve.id());

        List<Result<TeamMember>> results =
                Concurrently.run(2, i -> host.actingAs(both.get(i)).teams().accept(secret, true));

        assertThat(results).filteredOn(each -> each.value() != null).hasSize(1);
        assertThat(roles()).hasSize(2);
    }

    @Test
    void anInvitationEnds() {
        String declined = invited("a@example.com", TeamRole.READER);
        host.teams().decline(declined);
        host.teams().decline("invented");
        SentInvitation sent = owner.teams()
                .invite(NewInvitation.of("b@example.com", TeamRole.READER).days(1));
        Invitation invitation = Objects.requireNonNull(sent.invitation());
        owner.teams().revoke(invitation.id());
        String replaced = invited("eve@example.com", TeamRole.READER);
        String late = invited("EVE@example.com", TeamRole.READER);

        for (String each : List.of(declined, secret(sent), replaced, "")) {
            assertRefusal(() -> stranger.teams().accept(each, true)).isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
        }
        fixture.clock.advance(Duration.ofDays(7));
        assertRefusal(() -> stranger.teams().accept(late, false)).isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
        assertThat(owner.teams().invitations())
                .extracting(Invitation::state)
                .containsExactly(
                        InvitationState.EXPIRED,
                        InvitationState.REVOKED,
                        InvitationState.REVOKED,
                        InvitationState.DECLINED);
        assertRefusal(() -> owner.teams().resend(invitation.id())).isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);

        String again =
                secret(owner.teams().resend(owner.teams().invitations().get(0).id()));
        assertRefusal(() -> stranger.teams().accept(late, false)).isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
        assertThat(stranger.teams().accept(again, false).role()).isEqualTo(TeamRole.READER);

        fixture.clock.advance(Duration.ofDays(60));
        host.maintenance().run();
        assertThat(owner.teams().invitations()).isEmpty();
    }

    @Test
    void aMemberIsNotInvitedAgain() {
        member("bob@example.com", TeamRole.READER);

        SentInvitation again = owner.teams().invite(NewInvitation.of("Bob@example.com", TeamRole.OWNER));

        assertThat(Objects.requireNonNull(again.member()).member().role()).isEqualTo(TeamRole.READER);
        assertThat(again.secret()).isNull();
        assertThat(owner.teams().invitations()).isEmpty();
    }

    @Test
    void aMemberThatAcceptsKeepsItsRole() {
        String secret = invited("x@example.com", TeamRole.READER);

        assertThat(owner.teams().accept(secret, true).role()).isEqualTo(TeamRole.OWNER);
    }

    @Test
    void aRemovedMemberDoesNotComeBackWithItsOwnInvitation() {
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);
        String back = secret(
                host.actingAs(bob.id()).teams().invite(NewInvitation.of("b@example.com", TeamRole.ADMINISTRATOR)));

        owner.teams().remove(bob.id());

        assertRefusal(() -> host.actingAs(bob.id()).teams().accept(back, true))
                .isEqualTo(ErrorCodes.TEAM_INVITATION_ENDED);
    }

    @Test
    void invitationsAreLimited() {
        host.parameters().set(Parameter.TEAM_LIMIT, "2");
        SentInvitation sent = owner.teams().invite(NewInvitation.of("a@example.com", TeamRole.READER));
        assertRefusal(() -> owner.teams().invite(NewInvitation.of("b@example.com", TeamRole.READER)))
                .isEqualTo(ErrorCodes.TEAM_FULL);
        assertRefusal(() -> member("c@example.com", TeamRole.READER)).isEqualTo(ErrorCodes.TEAM_FULL);
        owner.teams().invite(NewInvitation.of("a@example.com", TeamRole.READER));
        host.parameters().set(Parameter.TEAM_LIMIT, "0");
        for (int i = 2; i < Teams.MAX_INVITATIONS_PER_DAY; i++) {
            owner.teams().invite(NewInvitation.of(i + "@example.com", TeamRole.READER));
        }
        assertRefusal(() -> owner.teams().invite(NewInvitation.of("z@example.com", TeamRole.READER)))
                .isEqualTo(ErrorCodes.TEAM_TOO_MANY_INVITATIONS);
        InvitationId last = owner.teams().invitations().get(0).id();
        for (int i = 1; i < Teams.MAX_SENDINGS; i++) {
            owner.teams().resend(last);
        }
        assertRefusal(() -> owner.teams().resend(last)).isEqualTo(ErrorCodes.TEAM_TOO_MANY_INVITATIONS);
        assertThat(sent.toString()).doesNotContain(secret(sent));
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {"", "nobody", "@x", "a@", "a@b@c", "a b@c.de", "a@b.de\nBcc: c@d.ef", "a@b.de,c@d.ef"})
    void anInvitationNeedsOneAddress(String email) {
        assertRefusal(() -> owner.teams().invite(NewInvitation.of(email, TeamRole.READER)))
                .isEqualTo(ErrorCodes.TEAM_INVALID);
        assertRefusal(() -> owner.teams()
                        .invite(NewInvitation.of("a@b.de", TeamRole.READER).days(31)))
                .isEqualTo(ErrorCodes.TEAM_INVALID);
    }

    @ParameterizedTest
    @EnumSource(TeamRole.class)
    void administratorsManageTheTeamOfEachCustomer(TeamRole role) {
        Teams teams = host.actingAs(fixture.administrator("boss@example.com").id())
                .actingFor(customer)
                .teams();
        String secret = secret(teams.invite(NewInvitation.of(eve.login(), role)));
        stranger.teams().accept(secret, false);

        assertThat(teams.change(eve.id(), TeamRole.MEMBER, TenantLimit.ALL)
                        .member()
                        .role())
                .isEqualTo(TeamRole.MEMBER);
        teams.remove(eve.id());
        assertThat(teams.members()).extracting(Teammate::login).containsExactly(ann.login());
        assertRefusal(() -> host.teams().members()).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void anErasedCustomerLeavesAccountsOfOtherTeams() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        User carl = member("carl@example.com", TeamRole.MEMBER);
        host.actingAs(bob.id())
                .teams()
                .accept(secret(stranger.teams().invite(NewInvitation.of(bob.login(), TeamRole.READER))), false);
        stranger.teams().invite(NewInvitation.of(carl.login(), TeamRole.READER));
        invited("x@example.com", TeamRole.READER);

        host.erasures().erase(customer);

        assertThat(host.accounts().find(carl.id())).isEmpty();
        assertThat(host.accounts().get(bob.id()).customerId()).isEqualTo(eve.customerId());
        assertThat(host.accounts().get(bob.id()).active()).isTrue();
        assertThat(stored(RecordTypes.TEAM_MEMBERS))
                .extracting(TeamMember::customerId)
                .doesNotContain(customer);
        assertThat(stored(RecordTypes.TEAM_INVITATIONS))
                .extracting(StoredInvitation::email)
                .doesNotContain(carl.login(), "x@example.com");
    }

    @Test
    void anAccountEntersWhatItOwnsInTheRoleOfThatCustomer() {
        User bob = member("bob@example.com", TeamRole.MEMBER);
        Tenant shop = tenant(bob, "shop");
        Saas view = host.actingAs(bob.id());
        AuthorizationRequest request = new AuthorizationRequest(
                shop.uuid(), host.tenants().publicUrl(shop) + AuthorizationRequest.REDIRECT_PATH, null);
        assertThat(view.access().authorize(request)).isNotEmpty();

        owner.teams().change(bob.id(), TeamRole.READER, TenantLimit.ALL);

        assertRefusal(() -> view.access().authorize(request)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> view.access().issue(shop.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> owner.access().authorize(request)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void onlyAnOwnerRequestsTheErasure() {
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);

        assertRefusal(() -> host.actingAs(bob.id()).erasures().request(bob.id()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(owner.erasures().request(ann.id()).erasureRequestedAt()).isNotNull();
    }

    @Test
    void anOwnerOfAnotherCustomerDoesNotRequestTheErasureOfItsHome() {
        User bob = member("bob@example.com", TeamRole.READER);
        Saas view = host.actingAs(bob.id());
        view.teams().accept(secret(stranger.teams().invite(NewInvitation.of(bob.login(), TeamRole.OWNER))), false);

        assertRefusal(() -> view.actingFor(eve.customerId()).erasures().request(bob.id()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(host.accounts().get(bob.id()).erasureRequestedAt()).isNull();
    }

    @Test
    void anOlderNodesAccountGetsItsTeamAndNoOtherDoes() {
        User bob = member("bob@example.com", TeamRole.READER);
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.TEAM_MEMBERS)
                    .list(Query.all())
                    .forEach(each -> tx.records(RecordTypes.TEAM_MEMBERS).delete(each.id()));
            return null;
        });
        fixture.clock.advance(Duration.ofSeconds(1));

        assertThat(owner.tenants().list(Query.all())).isEmpty();
        assertThat(roles()).containsExactly(TeamRole.OWNER);
        assertRefusal(() -> host.actingAs(bob.id()).tenants().list(Query.all()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void aDeletionIsUndoneByTheTeam() {
        host.parameters().set(Parameter.RETENTION_DAYS, "7");
        Tenant shop = tenant(ann, "shop");
        User bob = member("bob@example.com", TeamRole.ADMINISTRATOR);

        host.actingAs(bob.id()).selfService().delete(shop.id());

        assertThat(owner.selfService().restorable()).extracting(Tenant::id).containsExactly(shop.id());
        owner.selfService().restore(shop.id());
    }
}
