"""A stand-in for the editor's module ``unreal``: as much of it as the importer uses, with the editor's refusals.

Names and arguments are those of PyPI's unreal-stub (made by Unreal 5.6); ``test_take_import`` compares the two.
"""

from __future__ import annotations

from types import TracebackType
from typing import ClassVar, Self

assets: dict[str, Object] = {}
selection: list[Actor] = []
logged: list[tuple[str, str]] = []


class Object:
    def __init__(self, name: str = "") -> None:
        self._name = name

    def get_name(self) -> str:
        return self._name

    @classmethod
    def static_class(cls) -> type:
        return cls


class Skeleton(Object):
    pass


class SkeletalMesh(Object):
    def __init__(self, name: str, skeleton: Skeleton) -> None:
        super().__init__(name)
        self._skeleton = skeleton

    @property
    def skeleton(self) -> Skeleton:
        return self._skeleton


class SkeletalMeshComponent(Object):
    def __init__(self, name: str, mesh: SkeletalMesh | None) -> None:
        super().__init__(name)
        self._mesh = mesh

    def get_skeletal_mesh_asset(self) -> SkeletalMesh | None:
        return self._mesh


class Actor(Object):
    def __init__(self, *components: SkeletalMeshComponent) -> None:
        super().__init__("Actor")
        self._components = components

    def get_components_by_class(self, component_class: type) -> list[SkeletalMeshComponent]:
        return [component for component in self._components if isinstance(component, component_class)]


class FrameRate:
    def __init__(self, numerator: int = 0, denominator: int = 1) -> None:
        self.numerator, self.denominator = numerator, denominator


class FrameNumber:
    def __init__(self, value: int = 0) -> None:
        self.value = value


class Text(str):
    __slots__ = ()


class Name(str):
    __slots__ = ()


class Array(list[float]):
    @classmethod
    def cast(cls, type: type, obj: object) -> Array:  # noqa: A002 - the editor's own word
        return cls(obj)


class RawCurveTrackTypes:
    RCT_FLOAT = 0


class AnimationDataController:
    """Changes outside a bracket would each rebuild the sequence: here they are errors."""

    def __init__(self) -> None:
        self.depth = 0
        self.brackets = 0
        self.rate: FrameRate | None = None
        self.length: int | None = None

    def open_bracket(self, title: Text, should_transact: bool = True) -> None:
        assert isinstance(title, Text)
        self.depth += 1
        self.brackets += 1

    def close_bracket(self, should_transact: bool = True) -> None:
        assert self.depth > 0
        self.depth -= 1

    def set_frame_rate(self, frame_rate: FrameRate, should_transact: bool = True) -> None:
        assert self.depth > 0
        assert self.length is None, "the length is counted in frames of the rate"
        self.rate = frame_rate

    def set_number_of_frames(self, new_length_in_frames: FrameNumber, should_transact: bool = True) -> None:
        assert new_length_in_frames.value > 0, "positive and non-zero"
        self.length = new_length_in_frames.value


class AnimSequence(Object):
    def __init__(self, name: str, skeleton: Skeleton) -> None:
        super().__init__(name)
        self._skeleton = skeleton
        self.controller = AnimationDataController()
        self.curves: dict[str, tuple[list[float], list[float]]] = {}
        self.preview: SkeletalMesh | None = None

    def get_skeleton(self) -> Skeleton:
        return self._skeleton


class AnimationLibrary:
    @classmethod
    def remove_all_curve_data(cls, animation_sequence_base: AnimSequence) -> None:
        animation_sequence_base.curves.clear()

    @classmethod
    def add_curve(
        cls, animation_sequence_base: AnimSequence, curve_name: Name, curve_type: int = 0, meta_data_curve: bool = False
    ) -> None:
        assert animation_sequence_base.controller.depth > 0
        assert isinstance(curve_name, Name)
        assert curve_name not in animation_sequence_base.curves
        animation_sequence_base.curves[curve_name] = ([], [])

    @classmethod
    def add_float_curve_keys(
        cls, animation_sequence_base: AnimSequence, curve_name: Name, times: Array, values: Array
    ) -> None:
        assert len(times) == len(values)
        old_times, old_values = animation_sequence_base.curves[curve_name]
        old_times += times
        old_values += values


class AnimSequenceFactory:
    target_skeleton: Skeleton | None = None
    preview_skeletal_mesh: SkeletalMesh | None = None


class AssetTools:
    def create_asset(
        self, asset_name: str, package_path: str, asset_class: type, factory: AnimSequenceFactory
    ) -> AnimSequence | None:
        if not package_path.startswith("/Game") or factory.target_skeleton is None:
            return None
        made = asset_class(asset_name, factory.target_skeleton)
        made.preview = factory.preview_skeletal_mesh
        assets[f"{package_path}/{asset_name}"] = made
        return made


class AssetToolsHelpers:
    @classmethod
    def get_asset_tools(cls) -> AssetTools:
        return AssetTools()


class EditorAssetLibrary:
    saved: ClassVar[list[Object]] = []
    refuses = False

    @classmethod
    def does_asset_exist(cls, asset_path: str) -> bool:
        return asset_path in assets

    @classmethod
    def load_asset(cls, asset_path: str) -> Object | None:
        return assets.get(asset_path)

    @classmethod
    def save_loaded_asset(cls, asset_to_save: Object, only_if_is_dirty: bool = True) -> bool:
        if not cls.refuses:
            cls.saved.append(asset_to_save)
        return not cls.refuses


class EditorActorSubsystem:
    def get_selected_level_actors(self) -> list[Actor]:
        return selection


class ScopedSlowTask:
    def __init__(self, work: float, desc: str = "", enabled: bool = True) -> None:
        self._left = work

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        return False

    def make_dialog(self, can_cancel: bool = False, allow_in_pie: bool = False) -> None:
        pass

    def enter_progress_frame(self, work: float = 1.0, desc: str = "") -> None:
        self._left -= work
        assert self._left >= 0


def get_editor_subsystem(subsystem: type) -> EditorActorSubsystem | None:
    return subsystem()


def log(arg: str) -> None:
    logged.append(("log", arg))


def log_error(arg: str) -> None:
    logged.append(("error", arg))
