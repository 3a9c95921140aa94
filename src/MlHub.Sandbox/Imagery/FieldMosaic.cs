namespace MlHub.Sandbox;

/// <summary>
/// An artificial landscape of fields, 256 × 256 pixels, which the imagery and the labels of one place share. It uses only integers, so that it is the same everywhere.
/// </summary>
internal sealed class FieldMosaic(uint seed)
{
    public const int Size = 256;
    public const int ClassCount = 6;

    private const int RowHeight = 32;
    private const int FieldWidth = 42;

    // Reflectance of each class in blue, green, red and near infrared, in ten-thousandths: path, water, maize, cassava, bean, fallow.
    private static readonly ushort[,] Reflectance =
    {
        { 1400, 1700, 2100, 2600 }, { 700, 600, 400, 200 }, { 450, 800, 500, 3900 }, { 500, 900, 650, 3300 }, { 420, 950, 480, 4400 }, { 900, 1200, 1500, 2300 },
    };

    /// <summary>The class at a pixel: 0 is a path between fields, and 1 to 5 are the classes of fields.</summary>
    public byte ClassAt(int x, int y)
    {
        var (row, column) = FieldAt(x, y);
        var onPath = y % RowHeight == 0 || (x + Shift(row)) % FieldWidth == 0;
        return onPath ? (byte)0 : ClassOf(row, column);
    }

    /// <summary>The number of the field at a pixel, from 1; 0 on a path.</summary>
    public ushort FieldNumberAt(int x, int y)
    {
        var (row, column) = FieldAt(x, y);
        return ClassAt(x, y) == 0 ? (ushort)0 : (ushort)(row * 16 + column + 1);
    }

    /// <summary>The reflectance at a pixel, in ten-thousandths.</summary>
    /// <param name="band">0 to 3: blue, green, red, near infrared.</param>
    /// <param name="day">The day of the year, for seasonal changes.</param>
    /// <param name="x">The column.</param>
    /// <param name="y">The row.</param>
    public ushort ReflectanceAt(int band, int day, int x, int y)
    {
        var value = Reflectance[ClassAt(x, y), band];
        var season = (uint)Math.Abs(day - 180);
        var noise = Hash((uint)(x * Size + y), (uint)(band * 400 + day)) % 160;
        return (ushort)(value + noise + value * (180 - Math.Min(season, 180)) / 720);
    }

    /// <summary>Radar backscatter at a pixel, in hundredths of a decibel above −40 dB.</summary>
    /// <param name="polarisation">0 is VV, 1 is VH.</param>
    /// <param name="day">The day of the year, which changes the speckle.</param>
    /// <param name="x">The column.</param>
    /// <param name="y">The row.</param>
    public ushort BackscatterAt(int polarisation, int day, int x, int y)
    {
        var isWater = ClassAt(x, y) == 1;
        var speckle = Hash((uint)(x * Size + y), (uint)(7000 + polarisation * 400 + day)) % 300;
        return (ushort)((isWater ? 1500u : 2700u) - (uint)polarisation * 600 + speckle);
    }

    /// <summary>The fields as pixel rectangles without their paths: west, north, east, south, and the class.</summary>
    public IEnumerable<(int West, int North, int East, int South, byte Class)> Fields()
    {
        for (var row = 0; row < Size / RowHeight; row++)
        {
            for (var column = 0; column * FieldWidth - Shift(row) < Size; column++)
            {
                var west = Math.Max(column * FieldWidth - Shift(row) + 1, 0);
                var east = Math.Min((column + 1) * FieldWidth - Shift(row), Size);
                if (east > west)
                {
                    yield return (west, row * RowHeight + 1, east, (row + 1) * RowHeight, ClassOf(row, column));
                }
            }
        }
    }

    private (int Row, int Column) FieldAt(int x, int y)
    {
        var row = y / RowHeight;
        return (row, (x + Shift(row)) / FieldWidth);
    }

    private int Shift(int row) => (int)(Hash((uint)row, 1) % FieldWidth);

    private byte ClassOf(int row, int column) => (byte)(1 + Hash((uint)row, (uint)(column + 2)) % (ClassCount - 1));

    // The finalizer of MurmurHash3. It mixes well and uses only 32-bit arithmetic.
    private uint Hash(uint a, uint b)
    {
        var h = unchecked((seed * 0x9E3779B1) ^ (a * 0x85EBCA77) ^ (b * 0xC2B2AE3D));
        h = unchecked((h ^ (h >> 16)) * 0x85EBCA6B);
        h = unchecked((h ^ (h >> 13)) * 0xC2B2AE35);
        return h ^ (h >> 16);
    }
}
