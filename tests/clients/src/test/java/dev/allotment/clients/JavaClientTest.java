// SPDX-License-Identifier: Apache-2.0
package dev.allotment.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.clients.api.EventsApi;
import dev.allotment.clients.api.OperationsApi;
import dev.allotment.clients.api.PlansApi;
import dev.allotment.clients.api.TenantsApi;
import dev.allotment.clients.generated.ApiClient;
import dev.allotment.clients.generated.ApiException;
import dev.allotment.clients.generated.ApiResponse;
import dev.allotment.clients.model.CreatePlanRequest;
import dev.allotment.clients.model.CreateTenantRequest;
import dev.allotment.clients.model.DuplicateTenantRequest;
import dev.allotment.clients.model.Operation;
import dev.allotment.clients.model.Plan;
import dev.allotment.clients.model.Problem;
import dev.allotment.clients.model.SuspendTenantRequest;
import dev.allotment.clients.model.Tenant;
import dev.allotment.clients.model.TenantPage;
import dev.allotment.clients.model.UpdateTenantRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with the client that OpenAPI Generator makes for Java. */
class JavaClientTest {
    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static ApiClient client;
    private static TenantsApi tenants;
    private static OperationsApi operations;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(folder);
        client = new ApiClient();
        client.updateBaseUri(server.url());
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + server.key()));
        tenants = new TenantsApi(client);
        operations = new OperationsApi(client);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Operation ended(Operation started) throws ApiException {
        Operation operation = started;
        while (operation.getState() == Operation.StateEnum.RUNNING) {
            operation = operations.getOperation(OperationsApi.APIGetOperationRequest.newBuilder()
                    .id(operation.getId())
                    .build());
        }
        assertThat(operation.getState()).as(operation.getErrorMessage()).isEqualTo(Operation.StateEnum.DONE);
        return operation;
    }

    private static String problem(ThrowingCallable call) throws Exception {
        ApiException failure = catchThrowableOfType(ApiException.class, call);
        assertThat(failure.getResponseHeaders().firstValue("content-type")).contains("application/problem+json");
        Problem problem = ApiClient.createDefaultObjectMapper().readValue(failure.getResponseBody(), Problem.class);
        assertThat(problem.getStatus()).isEqualTo(failure.getCode());
        return problem.getStatus() + " " + problem.getCode();
    }

    @Test
    void aTenantLives() throws Exception {
        Plan plan = new PlansApi(client)
                .createPlan(PlansApi.APICreatePlanRequest.newBuilder()
                        .idempotencyKey("plan-1")
                        .createPlanRequest(new CreatePlanRequest()
                                .name("Java")
                                .dbNameTemplate("java-%i.localhost")
                                .attributes(Map.of("crm", "17")))
                        .build());
        assertThat(plan.getAttributes()).isEqualTo(Map.of("crm", "17"));

        long tenant = created(plan);
        assertThat(names(plan)).containsExactly("java.localhost", "java-copy.localhost");
        assertThat(problem(() -> tenants.listTenants(TenantsApi.APIListTenantsRequest.newBuilder()
                        .where(List.of("nothing"))
                        .build())))
                .isEqualTo("400 request.invalid");
        lostUpdatesAreRefused(tenant);

        Tenant suspended = tenants.suspendTenant(TenantsApi.APISuspendTenantRequest.newBuilder()
                .id(tenant)
                .suspendTenantRequest(new SuspendTenantRequest().reason("unpaid"))
                .build());
        assertThat(suspended.getState()).isEqualTo(Tenant.StateEnum.SUSPENDED);
        assertThat(tenants.resumeTenant(TenantsApi.APIResumeTenantRequest.newBuilder()
                                .id(tenant)
                                .build())
                        .getState())
                .isEqualTo(Tenant.StateEnum.OPEN);
        savedAndDeleted(tenant);
    }

    /** The same key creates one tenant, and another request with it is refused. */
    private static long created(Plan plan) throws Exception {
        ApiResponse<Operation> started = tenants.createTenantWithHttpInfo(order(plan, "java.localhost"));
        assertThat(started.getStatusCode()).isEqualTo(202);
        assertThat(started.getHeaders().get("location").get(0)).matches(".*/operations/[0-9]+");
        Operation operation = ended(started.getData());
        assertThat(tenants.createTenant(order(plan, "java.localhost")).getId()).isEqualTo(operation.getId());
        assertThat(problem(() -> tenants.createTenant(order(plan, "another.localhost"))))
                .isEqualTo("409 idempotency.mismatch");
        ApiResponse<Operation> waited =
                tenants.duplicateTenantWithHttpInfo(TenantsApi.APIDuplicateTenantRequest.newBuilder()
                        .id(operation.getTenantId())
                        .prefer("wait=30")
                        .duplicateTenantRequest(new DuplicateTenantRequest().name("java-copy.localhost"))
                        .build());
        ended(waited.getData());
        return operation.getTenantId();
    }

    private static TenantsApi.APICreateTenantRequest order(Plan plan, String name) {
        return TenantsApi.APICreateTenantRequest.newBuilder()
                .idempotencyKey("order-1")
                .createTenantRequest(
                        new CreateTenantRequest().planId(plan.getId()).name(name))
                .build();
    }

    /** Reads pages of one record each. */
    private static List<String> names(Plan plan) throws Exception {
        List<String> names = new ArrayList<>();
        String after = null;
        do {
            TenantPage page = tenants.listTenants(TenantsApi.APIListTenantsRequest.newBuilder()
                    .limit(1)
                    .sort("-name")
                    .planId(List.of(plan.getId()))
                    .after(after)
                    .build());
            page.getItems().forEach(each -> names.add(each.getName()));
            after = page.getNext();
        } while (after != null);
        return names;
    }

    private static void lostUpdatesAreRefused(long tenant) throws Exception {
        ApiResponse<Tenant> seen = tenants.getTenantWithHttpInfo(
                TenantsApi.APIGetTenantRequest.newBuilder().id(tenant).build());
        String tag = seen.getHeaders().get("etag").get(0);
        Tenant changed = tenants.updateTenant(TenantsApi.APIUpdateTenantRequest.newBuilder()
                .id(tenant)
                .ifMatch(tag)
                .updateTenantRequest(
                        new UpdateTenantRequest().maxUsers(3).expiresAt(null).tags(List.of("java")))
                .build());
        assertThat(changed.getMaxUsers()).isEqualTo(3);
        assertThat(changed.getExpiresAt()).isNull();
        assertThat(changed.getTags()).containsExactly("java");
        assertThat(problem(() -> tenants.updateTenant(TenantsApi.APIUpdateTenantRequest.newBuilder()
                        .id(tenant)
                        .ifMatch(tag)
                        .updateTenantRequest(new UpdateTenantRequest().maxUsers(4))
                        .build())))
                .isEqualTo("412 request.changed");
    }

    private static void savedAndDeleted(long tenant) throws Exception {
        Operation made = ended(tenants.createBackup(
                TenantsApi.APICreateBackupRequest.newBuilder().id(tenant).build()));
        assertThat(tenants.getBackup(TenantsApi.APIGetBackupRequest.newBuilder()
                                .id(tenant)
                                .backup(made.getUuid())
                                .build())
                        .getId())
                .isEqualTo(made.getUuid());
        assertThat(tenants.deleteBackupWithHttpInfo(TenantsApi.APIDeleteBackupRequest.newBuilder()
                                .id(tenant)
                                .backup(made.getUuid())
                                .build())
                        .getStatusCode())
                .isEqualTo(204);
        assertThat(new EventsApi(client)
                        .listEvents(EventsApi.APIListEventsRequest.newBuilder()
                                .tenantId(List.of(tenant))
                                .build())
                        .getItems())
                .extracting(each -> each.getType().getValue())
                .contains("tenant_created", "tenant_suspended");
        ended(tenants.purgeTenant(
                TenantsApi.APIPurgeTenantRequest.newBuilder().id(tenant).build()));
        assertThat(tenants.getTenant(TenantsApi.APIGetTenantRequest.newBuilder()
                                .id(tenant)
                                .build())
                        .getState())
                .isEqualTo(Tenant.StateEnum.DELETED);
        assertThat(problem(() -> tenants.getTenant(
                        TenantsApi.APIGetTenantRequest.newBuilder().id(999_999L).build())))
                .isEqualTo("404 record.missing");
    }
}
