// SPDX-License-Identifier: Apache-2.0
package dev.allotment.openfeature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.DelegatingCatalog;
import dev.allotment.testing.MemoryBackend;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client of the SDK returns. */
final class EntitlementProviderTest {
    private static final Logger LOG = Logger.getLogger("dev.allotment.openfeature");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final AtomicReference<Optional<Tenant>> current = new AtomicReference<>(Optional.empty());
    private final Saas saas = Saas.builder()
            .backend(new DelegatingBackend(MemoryBackend.create()) {
                @Override
                public Catalog catalog() {
                    return new DelegatingCatalog(super.catalog()) {
                        @Override
                        public <T extends @Nullable Object> T transact(
                                Function<? super Transaction, ? extends T> work) {
                            RuntimeException present = failure.get();
                            if (present != null) {
                                throw present;
                            }
                            return super.<T>transact(work);
                        }
                    };
                }
            })
            .passwordIterations(1)
            .open();
    private final Client flags = OpenFeatureAPI.getInstance().getClient();
    private final EvaluationContext shop = new ImmutableContext("shop");
    private Tenant tenant;

    @BeforeEach
    void open() {
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                        .build());
        Plan plan = saas.plans()
                .create(Plan.builder("Gold")
                        .entitlement("api", true)
                        .entitlement("beta", false)
                        .entitlement("projects", 10)
                        .entitlement("bytes", 3_000_000_000L)
                        .build());
        tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
                .tenant();
        OpenFeatureAPI.getInstance().setProviderAndWait(EntitlementProvider.of(saas, null, nanos::get));
    }

    @AfterEach
    void close() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
        OpenFeatureAPI.getInstance().shutdown();
        saas.close();
    }

    private static void assertError(FlagEvaluationDetails<?> found, Object value, ErrorCode code) {
        assertThat(found.getValue()).isEqualTo(value);
        assertThat(found.getReason()).isEqualTo(Reason.ERROR.name());
        assertThat(found.getErrorCode()).isEqualTo(code);
    }

    @Test
    void returnsEachType() {
        assertThat(flags.getBooleanValue("api", false, shop)).isTrue();
        assertThat(flags.getBooleanValue("beta", true, shop)).isFalse();
        assertThat(flags.getIntegerValue("projects", 1, shop)).isEqualTo(10);
        assertThat(flags.getDoubleValue("projects", 1.0, shop)).isEqualTo(10.0);
        assertThat(flags.getDoubleValue("bytes", 1.0, shop)).isEqualTo(3e9);
        assertThat(flags.getLongValue("bytes", 1L, shop)).isEqualTo(3_000_000_000L);
        assertThat(flags.getStringValue("projects", "", shop)).isEqualTo("10");
        assertThat(flags.getStringValue("beta", "", shop)).isEqualTo("false");
        assertThat(flags.getObjectValue("projects", new Value(), shop)).isEqualTo(new Value(10));
        assertThat(flags.getObjectValue("bytes", new Value(), shop)).isEqualTo(new Value(3_000_000_000L));
        assertThat(flags.getObjectValue("api", new Value(), shop)).isEqualTo(new Value(true));
        assertThat(flags.getBooleanDetails("api", false, shop).getReason()).isEqualTo(Reason.TARGETING_MATCH.name());
    }

    @Test
    void returnsTheDefaultWithAReasonOtherwise() {
        assertError(flags.getBooleanDetails("unknown", true, shop), true, ErrorCode.FLAG_NOT_FOUND);
        assertError(flags.getBooleanDetails("projects", true, shop), true, ErrorCode.TYPE_MISMATCH);
        assertError(flags.getIntegerDetails("api", 7, shop), 7, ErrorCode.TYPE_MISMATCH);
        assertError(flags.getIntegerDetails("bytes", 7, shop), 7, ErrorCode.TYPE_MISMATCH);
        assertError(flags.getDoubleDetails("api", 7.0, shop), 7.0, ErrorCode.TYPE_MISMATCH);
        assertError(flags.getBooleanDetails("api", true), true, ErrorCode.TARGETING_KEY_MISSING);
        assertError(
                flags.getBooleanDetails("api", true, new ImmutableContext("other")), true, ErrorCode.INVALID_CONTEXT);
    }

    @Test
    void evaluatesForTheTenantThatTheThreadWorksFor() {
        OpenFeatureAPI.getInstance().setProviderAndWait(EntitlementProvider.of(saas, current::get, nanos::get));
        assertError(flags.getIntegerDetails("projects", 1, shop), 1, ErrorCode.TARGETING_KEY_MISSING);
        current.set(Optional.of(tenant));

        assertThat(flags.getIntegerValue("projects", 1)).isEqualTo(10);
        assertThat(flags.getIntegerValue("projects", 1, new ImmutableContext("a user")))
                .as("a targeting key cannot choose another tenant")
                .isEqualTo(10);
    }

    @Test
    void returnsTheDefaultWhileTheCatalogIsUnavailable() {
        failure.set(SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "It is down.", null));
        assertError(flags.getBooleanDetails("api", false, shop), false, ErrorCode.GENERAL);
        assertThat(flags.getBooleanDetails("api", false, shop).getErrorMessage())
                .contains(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(logged)
                .as("once for each failure")
                .extracting(LogRecord::getMessage)
                .containsExactly("Reading entitlements is temporarily unavailable: code="
                        + ErrorCodes.BACKEND_UNAVAILABLE + " It is down.");

        failure.set(null);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(flags.getBooleanValue("api", false, shop)).isTrue();
    }

    @Test
    void logsWhyALookUpHasFailed() {
        IllegalStateException broken = new IllegalStateException("broken");
        failure.set(broken);
        assertError(flags.getBooleanDetails("api", false, shop), false, ErrorCode.GENERAL);
        assertError(flags.getIntegerDetails("projects", 1, shop), 1, ErrorCode.GENERAL);
        assertThat(logged)
                .singleElement()
                .returns(Level.SEVERE, LogRecord::getLevel)
                .satisfies(line -> assertThat(line.getThrown()).isSameAs(broken));

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertError(flags.getBooleanDetails("api", false, shop), false, ErrorCode.GENERAL);
        assertThat(logged).as("the next failure").hasSize(2);
    }

    @Test
    void keepsWhatItHasReadForFiveSeconds() {
        assertThat(flags.getIntegerValue("projects", 1, shop)).isEqualTo(10);
        Plan more = saas.plans()
                .create(Plan.builder("More").entitlement("projects", 20).build());
        saas.tenants().switchPlan(SwitchPlan.builder(tenant.id(), more.id()).build());

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5) - 1);
        assertThat(flags.getIntegerValue("projects", 1, shop)).isEqualTo(10);
        nanos.incrementAndGet();
        assertThat(flags.getIntegerValue("projects", 1, shop)).isEqualTo(20);
        saas.tenants().delete(tenant.id());
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertError(flags.getIntegerDetails("projects", 1, shop), 1, ErrorCode.INVALID_CONTEXT);
    }
}
