from simulation.kernel import Kernel


def test_things_happen_in_order_of_time_and_then_of_adding():
    kernel, seen = Kernel(), []
    for moment, name in ((2.0, "b"), (1.0, "a"), (2.0, "c")):
        kernel.at(moment, seen.append, name)
    kernel.run()
    assert seen == ["a", "b", "c"]
    assert (kernel.now, kernel.events) == (2.0, 3)


def test_it_stops_before_what_is_due_later():
    kernel, seen = Kernel(), []
    kernel.at(1.0, seen.append, "now")
    kernel.at(3.0, seen.append, "later")
    kernel.run(until=2.0)
    assert seen == ["now"]
