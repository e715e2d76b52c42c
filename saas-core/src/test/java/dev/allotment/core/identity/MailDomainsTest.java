// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.identity;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.core.Concurrently;
import dev.allotment.core.Fixture;
import dev.allotment.core.Result;
import dev.allotment.hook.TxtRecords;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredMailDomain;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a customer has to prove about a mail domain, and how long the proof counts. */
final class MailDomainsTest {
    private final Dns dns = new Dns();
    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.builder(fixture.backend).txtRecords(dns).open();
    private final User ann = fixture.signUp("ann@example.com");
    private final User eve = fixture.signUp("eve@example.net");
    private final MailDomains own = host.actingAs(ann.id()).mailDomains();
    private final MailDomains others = host.actingAs(eve.id()).mailDomains();

    /** The records that are published. */
    private static final class Dns implements TxtRecords {
        final Map<String, List<String>> texts = new ConcurrentHashMap<>();
        final AtomicInteger asked = new AtomicInteger();
        volatile @Nullable IOException failure;
        volatile Runnable delay = () -> {};

        @Override
        public List<String> find(String name) throws IOException {
            asked.incrementAndGet();
            delay.run();
            IOException present = failure;
            if (present != null) {
                throw present;
            }
            return texts.getOrDefault(name, List.of());
        }

        void publish(MailDomain domain) {
            texts.merge(
                    domain.recordName(),
                    List.of("v=spf1 -all", domain.recordText()),
                    (before, more) ->
                            Stream.concat(before.stream(), more.stream()).toList());
        }
    }

    @AfterEach
    void close() {
        host.close();
        fixture.close();
    }

    private MailDomain verified(MailDomains of, String name) {
        MailDomain added = of.add(name);
        dns.publish(added);
        return of.verify(added.id());
    }

    private long events(EventType type) {
        return host.events()
                .list(Query.where(Filter.<Event, EventType>equal(Event.TYPE, type)))
                .size();
    }

    @Test
    void aDomainCountsAfterItsRecordIsPublished() {
        MailDomain added = own.add("example.com");
        assertThat(added.verified()).isFalse();
        assertThat(added.recordName()).isEqualTo("_allotment.example.com");

        SaasException unproven = refusal(() -> own.verify(added.id()));
        assertThat(unproven.code()).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNPROVEN);
        assertThat(unproven.getMessage()).contains(added.recordName(), added.recordText());
        dns.publish(added);

        assertThat(own.verify(added.id()).verifiedAt()).isEqualTo(fixture.clock.instant());
        assertThat(own.verify(added.id()).verified()).isTrue();
        assertThat(own.list()).singleElement().returns(true, MailDomain::verified);
        assertThat(events(EventType.IDENTITY_DOMAIN_VERIFIED)).isEqualTo(1);
    }

    @Test
    void aRecordWithTheTokenOfAnotherCustomerProvesNothing() {
        MailDomain ours = own.add("example.com");
        MailDomain theirs = others.add("example.com");
        assertThat(theirs.token()).isNotEqualTo(ours.token());
        dns.publish(ours);

        assertRefusal(() -> others.verify(theirs.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNPROVEN);
        assertThat(own.verify(ours.id()).verified()).isTrue();
    }

    @Test
    void aTextThatOnlyContainsTheProofIsNone() {
        MailDomain added = own.add("example.com");
        dns.texts.put(added.recordName(), List.of(added.recordText() + "x", " " + added.recordText(), added.token()));

        assertRefusal(() -> own.verify(added.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNPROVEN);
    }

    @Test
    void aVerifiedDomainBelongsToOneCustomer() {
        MailDomain ours = verified(own, "example.com");
        MailDomain theirs = others.add("example.com");
        dns.publish(theirs);

        assertRefusal(() -> others.verify(theirs.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_TAKEN);
        own.remove(ours.id());
        assertThat(others.verify(theirs.id()).verified()).isTrue();
        assertThat(events(EventType.IDENTITY_DOMAIN_REMOVED)).isEqualTo(1);
    }

    @Test
    void ofManyCallersAtOnceOneCustomerGetsTheDomain() {
        MailDomain ours = own.add("example.com");
        MailDomain theirs = others.add("example.com");
        dns.publish(ours);
        dns.publish(theirs);

        List<Result<MailDomain>> results =
                Concurrently.run(8, number -> number % 2 == 0 ? own.verify(ours.id()) : others.verify(theirs.id()));
        assertThat(results.stream()
                        .filter(Result::succeeded)
                        .map(each -> Objects.requireNonNull(each.value()).customerId()))
                .hasSize(4)
                .containsOnly(own.list().get(0).verified() ? ann.customerId() : eve.customerId());
        assertThat(results.stream().filter(each -> !each.succeeded()).map(Result::code))
                .hasSize(4)
                .containsOnly(ErrorCodes.IDENTITY_DOMAIN_TAKEN);
        assertThat(events(EventType.IDENTITY_DOMAIN_VERIFIED)).isEqualTo(1);
    }

    @Test
    void othersDoNotSeeOrChangeTheDomainsOfACustomer() {
        MailDomain ours = verified(own, "example.com");

        assertThat(others.list()).isEmpty();
        assertRefusal(() -> others.verify(ours.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> others.remove(ours.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        User member = host.accounts()
                .create(NewUser.builder("max@example.com", "Max")
                        .customerId(ann.customerId())
                        .teamRole(TeamRole.MEMBER)
                        .build());
        MailDomains ofMember = host.actingAs(member.id()).mailDomains();
        assertRefusal(ofMember::list).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> ofMember.add("example.org")).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> ofMember.verify(ours.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> ofMember.remove(ours.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(host.mailDomains()::list).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(host.actingFor(ann.customerId()).mailDomains().list()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "' Example.COM. ', example.com",
        "mail.example.com, mail.example.com",
        "müller.example, xn--mller-kva.example",
        "MÜLLER.example, xn--mller-kva.example",
        "xn--fa-hia.example, xn--fa-hia.example",
        "еxample.com, xn--xample-2of.com",
    })
    void storesADomainInOneForm(String given, String stored) {
        MailDomain added = own.add(given);

        assertThat(added.name()).isEqualTo(stored);
        assertThat(own.add(stored)).as("not another one").isEqualTo(added);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "com",
                "example..com",
                "example.com..",
                ".example.com",
                "-example.com",
                "exa mple.com",
                "exam_ple.com",
                "192.0.2.1",
                "[192.0.2.1]",
                "ann@example.com",
                "https://example.com",
                "example.com/x",
                "example.com:25",
                "example。com",
                "ｅxample.com",
                "faß.example",
                "a\u200Db.example",
                "a123456789012345678901234567890123456789012345678901234567890123.example",
            })
    void refusesWhatIsNoDomain(String given) {
        assertRefusal(() -> own.add(given)).isEqualTo(ErrorCodes.IDENTITY_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gmail.com", "GMAIL.com.", "mail.gmail.com", "web.de", "hotmail.co.uk"})
    void refusesDomainsInWhichEveryoneGetsAnAddress(String given) {
        assertRefusal(() -> own.add(given)).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_PUBLIC);
    }

    @Test
    void addsADomainWhoseNameEndsLikeAPublicOne() {
        assertThat(own.add("notgmail.com").name()).isEqualTo("notgmail.com");
        assertThat(own.add("gmail.com.example").name()).isEqualTo("gmail.com.example");
    }

    @Test
    void aCustomerHasAFewDomains() {
        for (int i = 0; i < MailDomains.MAX_DOMAINS; i++) {
            own.add("d" + i + ".example");
        }

        assertRefusal(() -> own.add("one-more.example")).isEqualTo(ErrorCodes.IDENTITY_LIMIT_REACHED);
        assertThat(own.add("d1.example").name()).isEqualTo("d1.example");
    }

    @Test
    void membersCannotHaveTheDnsAskedWithoutEnd() {
        MailDomain added = own.add("example.com");
        for (int i = 0; i < 10; i++) {
            assertRefusal(() -> own.verify(added.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNPROVEN);
        }
        dns.publish(added);

        assertRefusal(() -> own.verify(added.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNCHECKED);
        assertThat(dns.asked).hasValue(10);
    }

    @Test
    void aFailureOfTheDnsIsNotTheLackOfARecord() {
        MailDomain added = own.add("example.com");
        dns.failure = new IOException("timed out");

        SaasException unchecked = refusal(() -> own.verify(added.id()));
        assertThat(unchecked.code()).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_UNCHECKED);
        assertThat(unchecked.getMessage()).doesNotContain("timed out");
    }

    private MailDomain afterDays(int days) {
        for (int i = 0; i < days; i++) {
            fixture.clock.advance(Duration.ofDays(1));
            host.maintenance().run();
        }
        return own.list().get(0);
    }

    @Test
    void aDomainLapsesIfItsRecordIsGoneForAWeek() {
        MailDomain domain = verified(own, "example.com");
        assertThat(afterDays(10).missingSince()).isNull();
        dns.texts.clear();

        MailDomain missing = afterDays(7);
        assertThat(missing.verified()).isTrue();
        assertThat(missing.missingSince()).isEqualTo(fixture.clock.instant().minus(Duration.ofDays(6)));
        MailDomain lapsed = afterDays(1);
        assertThat(lapsed.verified()).isFalse();
        assertThat(lapsed.missingSince()).isNull();
        assertThat(events(EventType.IDENTITY_DOMAIN_LAPSED)).isEqualTo(1);
        MailDomain theirs = verified(others, "example.com");
        assertThat(theirs.verified()).isTrue();
        dns.publish(domain);
        assertRefusal(() -> own.verify(domain.id())).isEqualTo(ErrorCodes.IDENTITY_DOMAIN_TAKEN);
        assertThat(afterDays(3).verified()).as("it is not checked any more").isFalse();
    }

    @Test
    void aWeekWithoutMaintenanceIsNoWeekWithoutARecord() {
        verified(own, "example.com");
        dns.texts.clear();
        fixture.clock.advance(Duration.ofDays(30));
        host.maintenance().run();
        host.maintenance().run();

        assertThat(own.list().get(0).verified()).isTrue();
        assertThat(dns.asked).as("once a day at most").hasValue(2);
        fixture.clock.advance(Duration.ofDays(30));
        host.maintenance().run();
        assertThat(own.list().get(0).verified()).as("two checks are too few").isTrue();
        assertThat(afterDays(1).verified()).isFalse();
    }

    @Test
    void aClockThatWasAYearAheadLetsNoDomainCountForAYear() {
        verified(own, "example.com");
        fixture.clock.advance(Duration.ofDays(365));
        host.maintenance().run();
        dns.texts.clear();
        fixture.clock.advance(Duration.ofDays(1));
        host.maintenance().run();
        fixture.clock.advance(Duration.ofDays(-366));

        host.maintenance().run();
        assertThat(own.list().get(0).missingSince()).isEqualTo(fixture.clock.instant());
        assertThat(afterDays(6).verified()).isTrue();
        assertThat(afterDays(1).verified()).isFalse();
    }

    @Test
    void aRunOfTheMaintenanceEndsIfTheDnsIsSlow() {
        for (int i = 0; i < 5; i++) {
            verified(own, "d" + i + ".example");
        }
        int before = dns.asked.get();
        dns.delay = () -> fixture.seconds(6);
        fixture.clock.advance(Duration.ofDays(1));

        host.maintenance().run();
        assertThat(dns.asked).hasValue(before + 3);
        host.maintenance().run();
        assertThat(dns.asked).hasValue(before + 5);
    }

    @Test
    void aRecordThatComesBackStartsTheWeekAgain() {
        MailDomain domain = verified(own, "example.com");
        dns.texts.clear();
        assertThat(afterDays(5).missingSince()).isNotNull();
        dns.publish(domain);
        assertThat(afterDays(1).missingSince()).isNull();
        dns.texts.clear();

        assertThat(afterDays(7).verified()).isTrue();
        assertThat(afterDays(1).verified()).isFalse();
    }

    @Test
    void failuresOfTheDnsLetNoDomainLapse() {
        verified(own, "example.com");
        dns.failure = new IOException("timed out");

        assertThat(afterDays(30)).returns(true, MailDomain::verified).returns(null, MailDomain::missingSince);
    }

    @Test
    void aRunOfTheMaintenanceWaitsForADnsWithoutAnswerOnce() {
        for (int i = 0; i < 5; i++) {
            verified(own, "d" + i + ".example");
        }
        int before = dns.asked.get();
        dns.failure = new IOException("timed out");
        fixture.clock.advance(Duration.ofDays(1));

        host.maintenance().run();
        assertThat(dns.asked).hasValue(before + 1);
        dns.failure = null;
        host.maintenance().run();
        assertThat(dns.asked).as("the others").hasValue(before + 5);
    }

    @Test
    void ofTwoNodesOneChecksADomain() {
        verified(own, "example.com");
        int before = dns.asked.get();
        fixture.clock.advance(Duration.ofDays(1));
        try (Saas other = fixture.builder(fixture.storage).txtRecords(dns).open()) {
            Concurrently.run(
                    4, number -> (number % 2 == 0 ? host : other).maintenance().run());
        }

        assertThat(dns.asked).hasValue(before + 1);
    }

    @Test
    void theDomainsOfAnErasedCustomerAreGone() {
        verified(own, "example.com");
        verified(others, "example.net");

        host.erasures().erase(ann.customerId());
        List<StoredMailDomain> left = fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.MAIL_DOMAINS).list(Query.all()));
        assertThat(left).extracting(StoredMailDomain::customerId).containsExactly(eve.customerId());
    }
}
