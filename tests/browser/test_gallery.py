"""The gallery of networks in a browser: found by typing, by filters, by arrow keys; a timm network opened by name."""

import pytest

from tlcore.catalog.backbones import BACKBONES, RECOMMENDED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def network(app, read_sample, visitor):
    """Open the Network page with a set."""
    workspace, _ = read_sample("digits")

    def go(**settings):
        page = visitor(workspace, **settings).new_page()
        page.goto(f"{app.url}/network")
        page.locator("[data-backbone]").first.wait_for()
        return page

    go.workspace = workspace
    return go


def shown(page):
    return page.locator("[data-backbone]").evaluate_all("cards => cards.map((card) => card.dataset.backbone)")


def test_search_filters_and_more_work_without_asking_the_server(network):
    page = network()
    assert shown(page) == list(RECOMMENDED[:5])
    field = page.get_by_role("searchbox", name="Search all networks by name or family")
    field.fill("swin v2")
    assert set(shown(page)) == {"swin_v2_b", "swin_v2_s", "swin_v2_t", "swinv2_cr_tiny_ns_224"}
    assert page.get_by_text(f"Found 4 of {len(BACKBONES)} networks.").is_visible()
    field.fill("no such network")
    assert shown(page) == []
    page.get_by_role("button", name="Ready offline").click()
    assert shown(page) == ["efficientnet_lite0"]
    assert field.input_value() == ""
    page.get_by_role("button", name="All", exact=True).click()
    few = len(shown(page))
    page.get_by_role("button", name="Show more").click()
    assert few < len(shown(page)) < len(BACKBONES)


def test_arrow_keys_choose_the_next_network_and_the_plan_follows(network, app, wait_until):
    page = network()
    page.locator("[data-backbone][aria-checked=true]").focus()
    page.keyboard.press("ArrowRight")
    wait_until(lambda: app.store.drafts.of(network.workspace).backbone == RECOMMENDED[1], 60, "the plan's network")
    assert page.locator(f"[data-backbone={RECOMMENDED[1]}]").get_attribute("aria-checked") == "true"
    page.get_by_text("These weights of ResNet-18 are not on this machine").wait_for()


def test_the_chosen_network_stays_in_sight_whatever_the_filter(network):
    page = network()
    page.get_by_role("button", name="Transformer").click()
    assert shown(page)[0] == "efficientnet_lite0"
    assert page.locator("[aria-checked=true][data-backbone]").count() == 1


def test_a_timm_network_is_opened_by_its_name_and_chosen(network):
    page = network(**PHONE)
    page.get_by_role("searchbox").fill("resnet10t")
    page.get_by_role("button", name="Open resnet10t").click()
    page.locator("[data-backbone=resnet10t][aria-checked=true]").wait_for(timeout=60_000)
    page.locator("[data-block=layer4]").first.wait_for()
