import pytest

from local.providers.resource import ProviderError

FLEX = {
    "deployment": {"storage": {"type": "blobContainer", "value": "http://a/packages"}},
    "runtime": {"name": "python", "version": "3.13"},
    "scaleAndConcurrency": {"instanceMemoryMB": 2048, "maximumInstanceCount": 40},
}
SITE = {"appSettings": [{"name": "TWINLENS_RECIPE", "value": "gallery"}]}
CHECKED = {"resourceGroupName": "g", "name": "app", "functionAppConfig": FLEX}


@pytest.fixture
def app(cloud):
    plan = cloud.make("web:AppServicePlan", {**cloud.group(), "sku": {"name": "FC1"}})[1]
    identity = cloud.make("managedidentity:UserAssignedIdentity", cloud.group())
    inputs = {
        **cloud.group(),
        "name": "photos",
        "serverFarmId": plan,
        "functionAppConfig": FLEX,
        "siteConfig": SITE,
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [identity[1]]},
    }
    return inputs, cloud.make("web:WebApp", inputs), identity


def test_app_is_set_up_on_the_host_and_removed_from_it(cloud, control, app):
    _, (ask, identity, outputs), user = app
    assert control.asked == [
        ("PUT", "/apps/photos/settings", {"settings": {"TWINLENS_RECIPE": "gallery"}, "origins": []})
    ]
    assert outputs["defaultHostName"] == f"127.0.0.1:{len('/apps/photos')}"
    ids = {name: user[2][name] for name in ("clientId", "principalId")}
    assert outputs["identity"]["userAssignedIdentities"] == {user[1]: ids}
    cloud.provider.delete(ask, identity, outputs)
    cloud.provider.delete(ask, identity, outputs)
    assert control.asked[1:] == [("DELETE", "/apps/photos", None)] * 2


def test_changed_settings_are_sent(cloud, control, app):
    inputs, (ask, identity, outputs), _ = app
    cors = {"allowedOrigins": ["https://page"]}
    changed = {**inputs, "siteConfig": {"appSettings": [{"name": "A", "value": "b"}], "cors": cors}}
    cloud.provider.update(ask, identity, outputs, changed, preview=False)
    assert control.asked[-1] == (
        "PUT",
        "/apps/photos/settings",
        {"settings": {"A": "b"}, "origins": ["https://page"]},
    )


def test_app_needs_its_plan_and_its_identity(cloud, app):
    inputs, *_ = app
    with pytest.raises(ProviderError, match="serverfarms/nowhere"):
        cloud.make("web:WebApp", {**inputs, "name": "b", "serverFarmId": "/serverfarms/nowhere"})
    nobody = {"type": "UserAssigned", "userAssignedIdentities": ["/nobody"]}
    with pytest.raises(ProviderError, match="/nobody"):
        cloud.make("web:WebApp", {**inputs, "name": "b", "identity": nobody})


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"functionAppConfig": None}, "functionAppConfig"),
        ({"siteConfig": {"netFrameworkVersion": "v4.6"}}, "siteConfig.netFrameworkVersion"),
        (
            {"siteConfig": {"appSettings": [{"name": "WEBSITE_RUN_FROM_PACKAGE", "value": "1"}]}},
            "siteConfig.appSettings",
        ),
        (
            {"functionAppConfig": {**FLEX, "scaleAndConcurrency": {"instanceMemoryMB": 1024}}},
            "functionAppConfig.scaleAndConcurrency.instanceMemoryMB",
        ),
        (
            {"functionAppConfig": {**FLEX, "scaleAndConcurrency": {"maximumInstanceCount": 10}}},
            "functionAppConfig.scaleAndConcurrency.maximumInstanceCount",
        ),
    ],
)
def test_what_a_flex_plan_refuses_is_refused(cloud, change, path):
    inputs = {name: value for name, value in {**CHECKED, **change}.items() if value is not None}
    assert list(cloud.wrong("web:WebApp", inputs)) == [path]
    assert cloud.wrong("web:WebApp", CHECKED) == {}


def deployment(cloud, package, **changes):
    return {
        **cloud.group(),
        "properties": {
            "mode": "Incremental",
            "template": {
                "parameters": {"packageUri": {"type": "securestring"}},
                "resources": [
                    {
                        "type": "Microsoft.Web/sites/extensions",
                        "name": "photos/onedeploy",
                        "properties": {"packageUri": "[parameters('packageUri')]", "remoteBuild": False},
                    }
                ],
                **changes,
            },
            "parameters": {"packageUri": {"value": package}},
        },
    }


@pytest.mark.usefixtures("app")
def test_code_is_delivered_and_delivered_again(cloud, control):
    ask, identity, outputs = cloud.make("resources:Deployment", deployment(cloud, "http://one"))
    assert control.asked[-1] == ("PUT", "/apps/photos/package", {"package_uri": "http://one"})
    assert outputs["properties"]["provisioningState"] == "Succeeded"
    inputs = {**deployment(cloud, "http://two"), "deploymentName": outputs["name"]}
    cloud.provider.update(ask, identity, outputs, inputs, preview=False)
    assert control.asked[-1] == ("PUT", "/apps/photos/package", {"package_uri": "http://two"})
    cloud.provider.delete(ask, identity, outputs)
    assert not cloud.provider.exists(ask, identity, outputs)


@pytest.mark.usefixtures("app")
def test_refused_code_fails_in_the_hosts_own_words(cloud):
    with pytest.raises(ProviderError, match="No function was found in the package"):
        cloud.make("resources:Deployment", deployment(cloud, "http://broken"))
    with pytest.raises(ProviderError, match="crashed"):
        cloud.make("resources:Deployment", deployment(cloud, "http://crash"))


def test_code_needs_its_app(cloud):
    with pytest.raises(ProviderError, match="sites/photos"):
        cloud.make("resources:Deployment", deployment(cloud, "http://one"))


@pytest.mark.usefixtures("app")
def test_parameters_must_be_those_the_template_declares(cloud):
    with pytest.raises(ProviderError, match=r"declares the parameters \[\], but is given \['packageUri'\]"):
        cloud.make("resources:Deployment", deployment(cloud, "http://one", parameters={}))


def test_other_templates_are_refused(cloud):
    other = deployment(cloud, "http://one", resources=[{"type": "Microsoft.Web/sites", "name": "a"}])
    assert (
        "Microsoft.Web/sites/extensions" in cloud.wrong("resources:Deployment", other)["properties.template"]
    )


def test_a_host_that_is_not_there_is_reported(cloud, control, app):
    inputs, (ask, identity, outputs), _ = app
    control.shutdown()
    control.server_close()
    with pytest.raises(ProviderError, match="does not answer"):
        cloud.provider.update(ask, identity, outputs, inputs, preview=False)
    cloud.provider._resources[ask.token].withdraw = lambda *_: None


def test_group_needs_a_location(azure):
    from local.providers.azure_native.__main__ import stand_in
    from local.providers.provider import Ask

    provider = stand_in()
    provider.configure({})
    wrong = provider.check(Ask("azure-native:resources:ResourceGroup", "g", b"s"), {}, {})[1]
    assert [fault.path for fault in wrong] == ["location"]
