"""The block map by mouse, by keyboard and by touch; what cannot be is told, and the map shows the plan again."""

import pytest

from tlcore.draft import Draft

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BLOCKS = ("stem", "layer1", "layer2", "layer3", "layer4", "head")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def at_rest(page):
    """Wait until the plan is measured: then nothing draws the page anew under a hand."""
    page.get_by_text("memory at the peak").wait_for(timeout=90_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


@pytest.fixture
def network(app, read_sample, visitor, wait_until):
    """Open the Network page with a plan for ResNet-18; return it with what waits for the blocks that learn."""

    def go(**settings):
        workspace, digits = read_sample("digits")
        plan = Draft(data=digits.digest, backbone="resnet18", image_size=64).by_strategy("low")
        app.store.drafts.keep(workspace, plan)
        page = visitor(workspace, **settings).new_page()
        page.goto(f"{app.url}/network")
        page.locator("[data-block=head]").wait_for()
        at_rest(page)

        def learning():
            (phase,) = app.store.drafts.of(workspace).phases
            return [block for block in BLOCKS if phase.rate(block)]

        def shown():
            tiles = page.locator(".tile[data-state=learning]")
            return tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.block)")

        def expect(*blocks):
            wait_until(lambda: learning() == shown() == list(blocks), 60, f"learning: {blocks}")

        return page, expect

    return go


def block(page, name):
    return page.locator(f"[data-block='{name}'] .block")


def button(page, name):
    return page.locator(f"[data-block='{name}'] .toggle")


def test_clicks_that_come_faster_than_answers_are_all_heard(network):
    page, expect = network()
    for name in BLOCKS[:4]:
        block(page, name).click()
    expect("layer4", "head")


def test_a_click_after_coming_back_to_the_page_outlives_a_redraw_before_its_answer(network):
    page, expect = network()
    for name in BLOCKS[:4]:
        block(page, name).click()
    expect("layer4", "head")
    page.get_by_role("link", name="Pictures").first.click()
    page.locator("[data-block=head]").wait_for(state="detached")
    page.get_by_role("link", name="Network").first.click()
    state = page.locator("[data-block=stem]").evaluate(
        "tile => { tile.querySelector('.block').click(); tile.closest('.thaw-root').owner.settle();"
        " return tile.dataset.state; }"
    )
    assert state == "learning"
    expect("stem", "layer4", "head")


def test_shift_freezes_up_to_here_and_thaws_from_here_on(network):
    page, expect = network()
    block(page, "layer3").click(modifiers=["Shift"])
    expect("layer4", "head")
    block(page, "layer1").click(modifiers=["Shift"])
    expect("layer1", "layer2", "layer3", "layer4", "head")


def test_everything_frozen_is_refused_in_words_and_the_map_goes_back(network):
    page, expect = network()
    block(page, "head").click(modifiers=["Shift"])
    page.get_by_text("Every block of a phase is frozen, so nothing would learn.").wait_for()
    expect(*BLOCKS)


def test_the_keyboard_reaches_every_block(network):
    page, expect = network()
    button(page, "stem").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    expect("layer3", "layer4", "head")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect("layer1", "layer3", "layer4", "head")
    page.keyboard.press("End")
    assert page.get_by_role("button", name="Freeze head", exact=True).evaluate("button => button.matches(':focus')")


def test_on_a_phone_a_switch_says_that_a_tap_counts_from_here_on(network):
    page, expect = network(**PHONE)
    page.get_by_role("button", name="From here on").tap()
    button(page, "layer2").tap()
    expect("layer3", "layer4", "head")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["viewport"]["width"]


def test_a_typed_rate_that_cannot_be_is_told_at_once(network):
    page, expect = network()
    field = page.locator("[data-block=layer4] .field")
    for typed, said in (
        ("fast", "This is no number."),
        ("-1", "A rate is above 0"),
        ("1000000", "A rate is at most 1: type 1 or less."),
        ("0", "A rate of 0 is frozen: use Freeze."),
    ):
        field.fill(typed)
        field.press("Enter")
        page.get_by_text(said).wait_for()
    expect(*BLOCKS)


def test_what_was_not_heard_is_said_by_the_map_that_takes_its_place(network):
    page, expect = network()
    # A message that gets lost, and a page that at this moment draws the map anew in another place.
    page.locator("[data-block=stem]").evaluate(
        "tile => { const root = tile.closest('.thaw-root'); root.owner.send = () => {};"
        " tile.querySelector('.block').click(); root.remove(); }"
    )
    page.get_by_role("spinbutton", name="Epochs in all").fill("7")
    page.keyboard.press("Enter")
    expect(*BLOCKS[1:])


def test_the_table_changes_the_map_and_goes_back_where_it_is_refused(network, wait_until):
    page, expect = network()
    page.get_by_text("The same plan as a table").click()
    table = page.locator(".st-key-card_map [data-testid=stDataFrame]")

    def type_into(row, text):
        at_rest(page)
        table.locator("[data-testid=glide-cell-1-0]").wait_for(state="attached")
        page.wait_for_timeout(1_000)  # what opens or grows above it comes to rest
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        page.mouse.dblclick(box["x"] + 0.75 * box["width"], box["y"] + 38 * (row + 1.5))
        page.wait_for_timeout(300)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.wait_for_timeout(300)  # the cell takes a moment to notice what was typed
        page.keyboard.press("Enter")

    type_into(0, "0")
    expect(*BLOCKS[1:])
    type_into(1, "1000000")
    page.get_by_text("The rate of layer1 is 1000000. It takes 0 (frozen) to 1; the nearest is 1.").wait_for()
    wait_until(lambda: table.locator("[data-testid=glide-cell-1-1]").inner_text() == "0.0001", 10, "the plan again")
    expect(*BLOCKS[1:])
