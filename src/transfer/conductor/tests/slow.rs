//! Sources that give next to nothing beside good ones.

use super::*;

#[test]
fn the_last_piece_of_a_dripping_source_is_taken_over_by_a_fast_one() {
    for drip in [2 << 10, 16 << 10, 64 << 10] {
        let world = World::of_64_mib(Policy::Fastest, &[Habit::Good(drip), good()], None).run(120);
        world.assert_complete(10.0);
    }
}

#[test]
fn a_slow_source_alone_is_waited_for() {
    let world = World::new(Policy::Fastest, &[2 * MIB], &[Habit::Good(64 << 10)], None).run(120);
    world.assert_complete(40.0);
}

#[test]
fn an_address_out_of_service_does_not_hold_up_another_of_its_host() {
    let world = World::told(Policy::Fastest, &[64 * MIB], &[Habit::Status(503), good()], None, |brief| {
        brief.sources.iter_mut().for_each(|source| source.host = "one".to_owned());
    });
    let world = world.run(60);
    world.assert_complete(3.0);
    assert!(world.left_alone <= 1, "the host was left alone {} times", world.left_alone);
}
