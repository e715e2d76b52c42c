// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.support;

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
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import dev.allotment.support.SupportRight;
import dev.allotment.support.SupportSession;
import dev.allotment.support.SupportUse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SupportAccessesTest {
    private static final String WHY = "Ticket 4711: the totals differ";

    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.saas;
    private final User ann = fixture.signUp("ann@example.com");
    private final CustomerId customer = ann.customerId();
    private final User eve = fixture.signUp("eve@example.com");
    private final User olga = fixture.administrator("olga");
    private final User otto = fixture.administrator("otto");
    private final Plan plan = fixture.plan(
            Plan.builder("Shop").dbNameTemplate("shop-%i.example.com").published(true));
    private final Tenant shop = tenant(ann, "shop");
    private final SupportAccesses owner = of(ann);
    private final SupportAccesses stranger = of(eve);
    private final SupportAccesses operator = of(olga);

    @AfterEach
    void close() {
        fixture.close();
    }

    private SupportAccesses of(User user) {
        return host.actingAs(user.id()).supportAccesses();
    }

    private Tenant tenant(User of, String name) {
        return host.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(of)
                        .customer(of.customerId())
                        .name(name + ".example.com")
                        .build())
                .tenant();
    }

    private SupportAccess requested() {
        return operator.request(NewSupportAccess.asAdministrator(shop.id(), WHY));
    }

    private SupportAccess granted() {
        return owner.grant(requested().id(), SupportAccesses.DEFAULT_HOURS);
    }

    private String session(SupportAccess access) {
        return host.supportAccesses()
                .redeem(shop.name(), operator.open(access.id()).token())
                .orElseThrow()
                .secret();
    }

    private Optional<SupportSession> find(String secret) {
        return host.supportAccesses().findSession(secret);
    }

    private List<EventType> events() {
        return host.events().list(Query.where(Filter.equal(Event.TENANT_ID, shop.id()))).stream()
                .map(Event::type)
                .filter(each -> each.name().startsWith("SUPPORT_"))
                .toList();
    }

    private SupportAccessState state(SupportAccess access) {
        return owner.get(access.id()).state();
    }

    @Test
    void anOperatorEntersAfterTheCustomerHasAgreedAndTheCustomerSeesIt() {
        SupportAccess request = requested();
        assertThat(request.state()).isEqualTo(SupportAccessState.PENDING);
        assertThat(request.expiresAt()).isEqualTo(fixture.clock.instant().plus(SupportAccesses.PENDING));
        assertRefusal(() -> operator.open(request.id())).isEqualTo(ErrorCodes.SUPPORT_STATE);

        SupportAccess granted = owner.grant(request.id(), 3);
        assertThat(granted.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofHours(3)));
        SignInLink link = operator.open(request.id());
        assertThat(link.url().toString()).contains("/saas_client/support?access_token=" + link.token());
        SupportAccesses.Opened opened =
                host.supportAccesses().redeem(shop.name(), link.token()).orElseThrow();

        assertThat(opened.toString()).doesNotContain(opened.secret());
        SupportSession session = find(opened.secret()).orElseThrow();
        assertThat(session.member().id()).isEqualTo(Member.ADMINISTRATOR);
        assertThat(session.access().operatorName()).isEqualTo(olga.name());
        assertThat(session.looking()).isFalse();
        host.supportAccesses().closeSession(opened.secret());

        assertThat(find(opened.secret())).isEmpty();
        assertThat(owner.list(Query.all()))
                .singleElement()
                .extracting(
                        SupportAccess::operatorName,
                        SupportAccess::reason,
                        SupportAccess::right,
                        SupportAccess::answeredBy)
                .containsExactly(olga.name(), WHY, SupportRight.ADMINISTRATOR, ann.id());
        assertThat(owner.uses(request.id()))
                .singleElement()
                .extracting(SupportUse::openedAt, SupportUse::endedAt)
                .containsExactly(fixture.clock.instant(), fixture.clock.instant());
        assertThat(events())
                .containsExactly(
                        EventType.SUPPORT_ACCESS_REQUESTED,
                        EventType.SUPPORT_ACCESS_GRANTED,
                        EventType.SUPPORT_ACCESS_USED);
    }

    @Test
    void onlyTheTeamOfTheCustomerAnswers() {
        SupportAccess request = requested();
        assertThatThrownBy(() -> operator.grant(request.id(), 24)).isInstanceOf(SaasException.class);
        for (SupportAccesses each : List.of(
                operator,
                of(otto),
                host.supportAccesses(),
                host.actingFor(customer).supportAccesses(),
                host.actingAs(olga.id()).actingFor(customer).supportAccesses())) {
            assertRefusal(() -> each.grant(request.id(), 24)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> each.refuse(request.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> each.revoke(request.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
        assertRefusal(() -> host.actingFor(customer).supportAccesses().set(SupportAnswer.GRANT, 24))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> stranger.grant(request.id(), 24)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.uses(request.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(stranger.list(Query.all())).isEmpty();
        assertThat(state(request)).isEqualTo(SupportAccessState.PENDING);
    }

    @ParameterizedTest
    @EnumSource(TeamRole.class)
    void aMemberAnswersWithThePermission(TeamRole role) {
        SupportAccess request = requested();
        SupportAccesses member = of(host.accounts()
                .create(NewUser.builder("bob@example.com", "Bob")
                        .password(Fixture.PASSWORD)
                        .customerId(customer)
                        .teamRole(role)
                        .build()));

        assertThat(member.get(request.id()).reason()).isEqualTo(WHY);
        if (Set.of(TeamRole.OWNER, TeamRole.ADMINISTRATOR).contains(role)) {
            assertThat(member.grant(request.id(), 24).state()).isEqualTo(SupportAccessState.GRANTED);
        } else {
            assertRefusal(() -> member.grant(request.id(), 24)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> member.set(SupportAnswer.GRANT, 24)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Role.class, mode = EnumSource.Mode.EXCLUDE, names = "PORTAL")
    void anOperatorRequestsAndEntersWithThePermission(Role role) {
        SupportAccesses other = of(host.accounts()
                .create(NewUser.builder("other@provider.example", "Other")
                        .password(Fixture.PASSWORD)
                        .role(role)
                        .build()));
        NewSupportAccess wanted = NewSupportAccess.look(shop.id(), WHY);
        if (Set.of(Role.ADMINISTRATOR, Role.SUPPORT).contains(role)) {
            SupportAccess access = owner.grant(other.request(wanted).id(), 24);
            assertThat(host.supportAccesses()
                            .redeem(shop.name(), other.open(access.id()).token()))
                    .isPresent();
            assertThat(other.withdraw(access.id()).state()).isEqualTo(SupportAccessState.WITHDRAWN);
        } else {
            SupportAccess access = granted();
            assertRefusal(() -> other.request(wanted)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> other.open(access.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> other.withdraw(access.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertThat(other.get(access.id()).reason()).isEqualTo(WHY);
        }
        SupportAccess pending = operator.request(wanted);
        assertRefusal(() -> other.grant(pending.id(), 24)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    @Test
    void requestsNeedAnOperatorAReasonAndAMember() {
        for (NewSupportAccess each : List.of(
                NewSupportAccess.look(shop.id(), "  "),
                NewSupportAccess.look(shop.id(), "two\nlines"),
                NewSupportAccess.look(shop.id(), "x".repeat(NewSupportAccess.MAX_REASON + 1)),
                new NewSupportAccess(shop.id(), SupportRight.MEMBER, null, WHY),
                new NewSupportAccess(shop.id(), SupportRight.ADMINISTRATOR, "ann@example.com", WHY))) {
            assertRefusal(() -> operator.request(each)).isEqualTo(ErrorCodes.SUPPORT_INVALID);
        }
        NewSupportAccess right = NewSupportAccess.look(shop.id(), WHY);
        assertRefusal(() -> host.supportAccesses().request(right)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> owner.request(right)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        operator.request(right);
        assertRefusal(() -> operator.request(right)).isEqualTo(ErrorCodes.SUPPORT_ALREADY_REQUESTED);
        assertThat(of(otto).request(right).state()).isEqualTo(SupportAccessState.PENDING);
        assertRefusal(() -> owner.grant(requested().id(), 2)).isEqualTo(ErrorCodes.SUPPORT_INVALID);
    }

    @Test
    void onlyItsOperatorUsesAnAccess() {
        SupportAccess access = granted();

        assertRefusal(() -> of(otto).open(access.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> owner.open(access.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> host.supportAccesses().open(access.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        String token = operator.open(access.id()).token();
        for (SupportAccesses each : List.of(operator, owner)) {
            assertRefusal(() -> each.redeem(shop.name(), token)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> each.findSession(token)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
            assertRefusal(() -> each.readingLogin(token)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        }
    }

    @Test
    void aLinkWorksOnceAtItsTenantForAMinute() {
        Tenant other = tenant(ann, "other");
        SupportAccess access = granted();
        String token = operator.open(access.id()).token();

        assertThat(host.supportAccesses().redeem(other.name(), token))
                .as("another tenant")
                .isEmpty();
        assertThat(host.access().redeem(shop.name(), token))
                .as("as a sign-in link")
                .isEmpty();
        assertThat(find(token)).as("as a session").isEmpty();
        String secret =
                host.supportAccesses().redeem(shop.name(), token).orElseThrow().secret();
        assertThat(host.supportAccesses().redeem(shop.name(), token)).as("used").isEmpty();
        assertThat(host.supportAccesses().redeem(shop.name(), secret))
                .as("a session")
                .isEmpty();
        assertThat(host.access().findSession(secret))
                .as("as a session of a member")
                .isEmpty();
        String late = operator.open(access.id()).token();
        fixture.clock.advance(SupportAccesses.LINK_LIFE);
        assertThat(host.supportAccesses().redeem(shop.name(), late))
                .as("expired")
                .isEmpty();
        assertThat(owner.uses(access.id())).hasSize(1);
    }

    private interface Ending {
        void end(SupportAccessesTest test, SupportAccess access);
    }

    /** What ends a session, and the state of the access after it. */
    private enum End {
        REVOKED((test, access) -> test.owner.revoke(access.id()), SupportAccessState.REVOKED),
        WITHDRAWN((test, access) -> test.operator.withdraw(access.id()), SupportAccessState.WITHDRAWN),
        WITHDRAWN_BY_ANOTHER((test, access) -> test.of(test.otto).withdraw(access.id()), SupportAccessState.WITHDRAWN),
        EXPIRED((test, access) -> test.fixture.clock.advance(Duration.ofHours(24)), SupportAccessState.EXPIRED),
        OPERATOR_INACTIVE(
                (test, access) -> test.host
                        .accounts()
                        .update(
                                test.olga.id(),
                                user -> user.toBuilder().active(false).build()),
                SupportAccessState.WITHDRAWN),
        OPERATOR_WITHOUT_RIGHTS(
                (test, access) -> test.host
                        .accounts()
                        .update(
                                test.olga.id(),
                                user -> user.toBuilder().role(Role.PORTAL).build()),
                SupportAccessState.WITHDRAWN),
        OPERATOR_IN_ANOTHER_ROLE(
                (test, access) -> test.host
                        .accounts()
                        .update(
                                test.olga.id(),
                                user -> user.toBuilder().role(Role.BILLING).build()),
                SupportAccessState.WITHDRAWN),
        OPERATOR_DELETED((test, access) -> test.host.accounts().delete(test.olga.id()), SupportAccessState.WITHDRAWN),
        OPERATOR_SIGNED_OUT(
                (test, access) -> test.host
                        .access()
                        .closeSessions(test.host.mainDatabase(), test.olga.id().value()),
                SupportAccessState.GRANTED),
        TENANT_SUSPENDED((test, access) -> test.host.tenants().suspend(test.shop.id()), SupportAccessState.GRANTED),
        CUSTOMER_CHANGED(
                (test, access) -> test.host
                        .tenants()
                        .update(
                                test.shop.id(),
                                tenant -> tenant.toBuilder()
                                        .customerId(test.eve.customerId())
                                        .build()),
                SupportAccessState.GRANTED),
        IDLE((test, access) -> test.fixture.clock.advance(SupportAccesses.IDLE), SupportAccessState.GRANTED);

        private final Ending ending;
        private final SupportAccessState state;

        End(Ending ending, SupportAccessState state) {
            this.ending = ending;
            this.state = state;
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void sessionsAndLinksEndAtOnceOnEachNode(End end) {
        SupportAccess access = granted();
        String secret = session(access);
        try (Saas other = fixture.open(fixture.storage)) {
            assertThat(other.supportAccesses().findSession(secret)).isPresent();
            String token = end == End.IDLE ? "" : operator.open(access.id()).token();

            end.ending.end(this, access);

            assertThat(other.supportAccesses().findSession(secret)).isEmpty();
            assertThat(find(secret)).isEmpty();
            assertThat(other.supportAccesses().redeem(shop.name(), token)).isEmpty();
        }
        assertThat(host.supportAccesses().get(access.id()).state()).isEqualTo(end.state);
        assertThat(host.supportAccesses().uses(access.id()))
                .singleElement()
                .satisfies(use -> assertThat(use.endedAt()).isNotNull());
    }

    @ParameterizedTest
    @EnumSource(SupportAccessState.class)
    void whatHasEndedStaysSo(SupportAccessState end) {
        SupportAccess access =
                Set.of(SupportAccessState.REVOKED, SupportAccessState.GRANTED).contains(end) ? granted() : requested();
        switch (end) {
            case REFUSED -> owner.refuse(access.id());
            case WITHDRAWN -> operator.withdraw(access.id());
            case REVOKED -> owner.revoke(access.id());
            case EXPIRED -> fixture.clock.advance(SupportAccesses.PENDING);
            case PENDING, GRANTED -> {}
        }
        assertThat(state(access)).isEqualTo(end);

        check(end, SupportAccessState.GRANTED, () -> owner.grant(access.id(), 24));
        check(end, SupportAccessState.REFUSED, () -> owner.refuse(access.id()));
        check(end, SupportAccessState.REVOKED, () -> owner.revoke(access.id()));
        if (end.next().isEmpty()) {
            check(end, SupportAccessState.WITHDRAWN, () -> operator.withdraw(access.id()));
            assertRefusal(() -> operator.open(access.id())).isEqualTo(ErrorCodes.SUPPORT_STATE);
            assertThat(requested().state()).isEqualTo(SupportAccessState.PENDING);
        }
    }

    private static void check(SupportAccessState from, SupportAccessState to, Callable<?> change) {
        if (!from.next().contains(to)) {
            assertRefusal(change::call).isEqualTo(ErrorCodes.SUPPORT_STATE);
        }
    }

    @Test
    void ofTwoAnswersAtOnceOneCounts() {
        SupportAccess request = requested();

        List<Result<SupportAccess>> answers =
                Concurrently.run(2, index -> index == 0 ? owner.grant(request.id(), 24) : owner.refuse(request.id()));

        assertThat(answers.stream().filter(Result::succeeded)).hasSize(1);
        assertThat(answers.stream().filter(each -> !each.succeeded()).map(Result::code))
                .containsExactly(ErrorCodes.SUPPORT_STATE);
    }

    @Test
    void aStandingAnswerAnswersAtOnce() {
        assertThat(owner.setting().answer()).isEqualTo(SupportAnswer.ASK);
        owner.set(SupportAnswer.GRANT, 3);
        SupportAccess granted = requested();
        assertThat(granted.state()).isEqualTo(SupportAccessState.GRANTED);
        assertThat(granted.standing()).isTrue();
        assertThat(granted.expiresAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofHours(3)));
        String secret = session(granted);

        owner.set(SupportAnswer.REFUSE, 3);
        assertThat(find(secret)).as("what was granted stays").isPresent();
        owner.revoke(granted.id());
        assertThat(find(secret)).isEmpty();
        SupportAccess refused = requested();
        assertThat(refused.state()).isEqualTo(SupportAccessState.REFUSED);
        assertRefusal(() -> operator.open(refused.id())).isEqualTo(ErrorCodes.SUPPORT_STATE);
        assertThat(owner.list(Query.all())).as("the customer sees it").hasSize(2);
        assertThat(stranger.setting().answer()).isEqualTo(SupportAnswer.ASK);
    }

    @Test
    void theMaintenanceRecordsWhatHasExpired() {
        SupportAccess pending = requested();
        SupportAccess granted = owner.grant(
                of(otto).request(NewSupportAccess.look(shop.id(), WHY)).id(), 24);
        fixture.clock.advance(SupportAccesses.PENDING);
        fixture.seconds(3_600);
        host.maintenance().run();

        assertThat(events().stream().filter(each -> each == EventType.SUPPORT_ACCESS_EXPIRED))
                .hasSize(2);
        assertThat(state(granted)).isEqualTo(SupportAccessState.EXPIRED);
        assertThat(owner.get(granted.id()).endedAt()).isEqualTo(granted.expiresAt());
        assertThat(state(pending)).isEqualTo(SupportAccessState.EXPIRED);
    }

    @Test
    void aMemberIsTheOneThatWasNamed() {
        MemberId bob = host.database(shop.name())
                .members()
                .create(NewMember.builder("bob@example.com", "Bob").build())
                .id();
        SupportAccess access = owner.grant(
                operator.request(NewSupportAccess.asMember(shop.id(), "BOB@example.com", WHY))
                        .id(),
                24);
        String secret = session(access);
        assertThat(find(secret).orElseThrow().member().id()).isEqualTo(bob);

        host.database(shop.name())
                .members()
                .update(bob, each -> each.toBuilder().active(false).build());

        assertThat(find(secret)).isEmpty();
        assertRefusal(() -> operator.open(access.id())).isEqualTo(ErrorCodes.SUPPORT_MEMBER_MISSING);
        SupportAccess looking = owner.grant(
                operator.request(NewSupportAccess.look(shop.id(), WHY)).id(), 24);
        SupportSession seen = find(session(looking)).orElseThrow();
        assertThat(seen.looking()).isTrue();
        assertThat(seen.member().login()).as("the owner").isEqualTo("ann@example.com");
    }

    @Test
    void theHistoryGoesWithTheCustomer() {
        SupportAccess access = granted();
        session(access);
        host.tenants().delete(shop.id());
        assertThat(owner.list(Query.all())).as("a deleted tenant").hasSize(1);
        host.accounts().delete(ann.id());
        host.customers().delete(customer);

        assertThat(host.supportAccesses().list(Query.all())).isEmpty();
    }
}
