//! Cost of drawing each page at 1100 x 720 after six seconds of music: layout, painting and tessellation, without the graphics
//! driver.
//!
//! `editor` prints milliseconds a picture (best of many short runs, so that other load disturbs little), triangles and
//! shapes. `editor --stage NAME --frames N` draws one page once for every 800 of N stereo frames, which is 60 pictures a
//! second, for counting instructions.

use auracore::editor::App;
use auracore::editor::view::Named;
use auracore::plugin::Rig;
use auracore::sources::track::Open;
use auracore::state::user_settings::{Module, Page};
use nice_plug::context::gui::GuiContext;
use std::hint::black_box;
use std::time::{Duration, Instant};

#[path = "../tests/support/host.rs"]
#[allow(dead_code)] // nobody looks at what the host is told
mod host;
#[path = "../tests/support/programme.rs"]
mod programme;

use programme::programme;

/// Size of the window, in points.
const SIZE: egui::Vec2 = egui::vec2(1100.0, 720.0);
/// Frames of audio for each picture at 60 a second.
const FRAMES_PER_PICTURE: u64 = 800;

struct Window {
    ctx: egui::Context,
    app: App,
    time_s: f64,
    rig: Rig,
}

/// What a picture consists of.
struct Size {
    shapes: usize,
    triangles: usize,
}

impl Window {
    fn new((page, module): (Page, Module)) -> Self {
        let (rig, link) = Rig::new(48_000.0);
        if page == Page::Track {
            link.sources.track.opener().open(Open::Factory(0));
        }
        let host = host::Host::new(link.params.clone());
        // Nowhere: the user's own settings and presets are not to be touched.
        let nowhere = std::env::temp_dir().join("auracore-editor-bench");
        let mut app = App::at(link, nowhere.join("settings.json"), nowhere.join("presets"));
        let ctx = egui::Context::default();
        app.open(&ctx, GuiContext::new(host));
        app.view().settings.page = page;
        app.view().settings.module = module;
        let mut window = Self { ctx, app, time_s: 0.0, rig };
        window.picture();
        for mut planes in programme(600) {
            let [left, right] = &mut planes;
            window.rig.play(left, right);
            if std::env::args().len() == 1 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        std::thread::sleep(Duration::from_millis(100));
        window
    }

    fn picture(&mut self) -> Size {
        self.time_s += 1.0 / 60.0;
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, SIZE)),
            time: Some(self.time_s),
            ..egui::RawInput::default()
        };
        let output = self.ctx.run_ui(input, |ui| self.app.draw(ui));
        let shapes = output.shapes.len();
        let meshes = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let triangles = meshes.iter().map(|clipped| match &clipped.primitive {
            egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
            egui::epaint::Primitive::Callback(_) => 0,
        });
        black_box(Size { shapes, triangles: triangles.sum() })
    }
}

fn pages() -> Vec<(String, (Page, Module))> {
    let modules =
        Module::ALL.iter().copied().map(|module| (module.name().to_lowercase(), (Page::Master, module)));
    let others = Page::ALL.iter().copied().filter(|page| *page != Page::Master);
    let others = others.map(|page| (page.name().to_lowercase(), (page, Module::Eq)));
    modules.chain(others).map(|(name, place)| (format!("page_{name}"), place)).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    if let (Some(stage), Some(frames)) = (after("--stage"), after("--frames")) {
        let (_, place) = pages().into_iter().find(|(name, _)| *name == stage).expect("a page of the table");
        let mut window = Window::new(place);
        for _ in 0..frames.parse::<u64>().expect("a number of frames") / FRAMES_PER_PICTURE {
            window.picture();
        }
        return;
    }
    for (name, place) in pages() {
        let mut window = Window::new(place);
        let size = window.picture();
        let mut best = Duration::MAX;
        for _ in 0..40 {
            let start = Instant::now();
            for _ in 0..10 {
                window.picture();
            }
            best = best.min(start.elapsed() / 10);
        }
        let Size { shapes, triangles } = size;
        println!(
            "{name:<28} {:>7.3} ms a picture, {shapes} shapes, {triangles} triangles",
            1e3 * best.as_secs_f64()
        );
    }
}
